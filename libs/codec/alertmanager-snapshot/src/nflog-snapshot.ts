import { type NotificationEntry } from '@tandem/alerting';

import { Unreadable, type Message } from './message.ts';
import { mapOf, readSnapshot, timeOf, type SnapshotOutcome } from './snapshot.ts';

/** Reads `nflog` of Alertmanager's `--storage.path`: `nflogpb.MeshEntry`, of versions from 0.15 to 0.34. */
export function readNflogSnapshot(bytes: Uint8Array): SnapshotOutcome<NotificationEntry> {
  return readSnapshot(bytes, readMeshEntry);
}

function readMeshEntry(mesh: Message): NotificationEntry {
  const entry = mesh.message(1);
  const receiver = entry?.message(2);
  if (entry === undefined || receiver === undefined) throw new Unreadable('it has no entry, or one without a receiver');
  return {
    target: {
      groupKey: entry.text(1),
      receiver: receiver.text(1),
      integration: receiver.text(2),
      index: Number(BigInt.asUintN(32, receiver.uint(3))),
    },
    timestampMs: timeOf(entry.message(5)),
    firing: hashes(entry.uints(6)),
    resolved: hashes(entry.uints(7)),
    receiverData: mapOf(entry.messages(8), (data) => readDatum(data.message(2))),
    expiresAtMs: timeOf(mesh.message(2)),
  };
}

/** Hashes as `alertHash` writes them. */
function hashes(values: readonly bigint[]): ReadonlySet<string> {
  return new Set(values.map((value) => value.toString(16).padStart(16, '0')));
}

function readDatum(value: Message | undefined): string | number {
  return value?.optionalText(1) ?? Number(value?.int(2) ?? value?.double(3) ?? 0);
}
