/* Made from proto/avro/command.avsc by tools/generate-avro.mjs. Do not edit. */

/** An operator's command. In the cluster's partition of samples (header kind: command) it takes effect; in commands it is written down with what came of it. Key tenant/cluster. */
export interface Command {
  /** Unique; who sent it waits for the outcome of this id. */
  readonly id: string;
  /** Tenant of the cluster. */
  readonly tenant: string;
  /** Value of the cluster label. */
  readonly cluster: string;
  /** failover, pin or release. A reader copes with others. */
  readonly command: string;
  /** The replica that is to be elected; null for release. */
  readonly replica: string | null;
  /** Who: the user and the machine it was given on. */
  readonly by: string;
  /** What was given as the reason; may be empty. */
  readonly why: string;
  /** When it was given, Unix ms on that machine's clock. */
  readonly atMs: number;
  /** What came of it; null while it is on its way. */
  readonly outcome: string | null;
  /** Epoch of the cluster afterwards; null on the way, or where there is none. */
  readonly epoch: number | null;
  /** Partition of samples in which it took its place. */
  readonly sourcePartition: number | null;
  /** Offset there. */
  readonly sourceOffset: number | null;
}

/** The schema of {@link Command}, without its comments. */
export const COMMAND_SCHEMA = {
  type: 'record',
  name: 'Command',
  namespace: 'tandem',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'tenant', type: 'string' },
    { name: 'cluster', type: 'string' },
    { name: 'command', type: 'string' },
    { name: 'replica', type: ['null', 'string'] },
    { name: 'by', type: 'string' },
    { name: 'why', type: 'string' },
    { name: 'atMs', type: 'long' },
    { name: 'outcome', type: ['null', 'string'] },
    { name: 'epoch', type: ['null', 'long'] },
    { name: 'sourcePartition', type: ['null', 'int'] },
    { name: 'sourceOffset', type: ['null', 'long'] },
  ],
} as const;

/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */
export const COMMAND_FINGERPRINT = 'cfb0701831f0c5fb';
