import { join } from 'node:path';
import { openEmbeddedLog } from '@tandem/log-embedded';
import { openKafkaLog } from '@tandem/log-kafka';
import { topicName, type Log } from '@tandem/stream';
import { launchTandem, runTandem, tempDir, type KafkaProcess, type TandemPeer } from '@tandem/testing';
import { writeFile } from 'node:fs/promises';
import { pin } from '../measure/pin.ts';
import { logArrival } from './log-arrival.ts';
import { type Subject, type SubjectDescription } from './subject.ts';

/** Partitions of the topic of samples. */
export const PARTITIONS = 8;

const TOPIC = topicName('tandem.', 'samples');

/** Starts `tandem ingest` on a Kafka broker; its topics are created first. */
export async function tandemOnKafka(broker: KafkaProcess): Promise<Subject> {
  const config = [
    'stream:',
    '  driver: kafka',
    `  partitions: ${PARTITIONS}`,
    `  kafka: { brokers: ["${broker.brokers.join('", "')}"], replication_factor: 1 }`,
    '',
  ].join('\n');
  await createTopics(config);
  const peer = await launchTandem({ command: 'ingest', name: 'ingest-kafka', config });
  const log = await openKafkaLog({ brokers: broker.brokers, clientId: 'bench' });
  return subjectOf(peer, log, {
    description: {
      id: 'tandem-kafka',
      title: '`tandem ingest`, Kafka',
      version: await versionOfTandem(),
      settings: ['stream.driver: kafka', `stream.partitions: ${PARTITIONS}`, 'acks=all, idempotent'],
      behind: `Kafka ${broker.version}`,
    },
    behindPid: broker.pid,
  });
}

/** Starts `tandem ingest` on an embedded log of its own. */
export async function tandemEmbedded(): Promise<Subject> {
  const config = `stream: { driver: embedded, partitions: ${PARTITIONS} }\nstorage: { path: data }\n`;
  const peer = await launchTandem({ command: 'ingest', name: 'ingest-embedded', config });
  const log = await openEmbeddedLog({ path: join(peer.dir, 'data', 'log') });
  return subjectOf(peer, log, {
    description: {
      id: 'tandem-embedded',
      title: '`tandem ingest`, embedded log',
      version: await versionOfTandem(),
      settings: ['stream.driver: embedded', `stream.partitions: ${PARTITIONS}`, 'on disk when it answers'],
    },
  });
}

async function subjectOf(
  peer: TandemPeer,
  log: Log,
  about: { readonly description: SubjectDescription; readonly behindPid?: number },
): Promise<Subject> {
  await pin('server', peer.process.pid);
  return {
    ...about,
    pid: peer.process.pid,
    writeUrl: `${peer.url}/api/v1/write`,
    begin: () => logArrival(log, TOPIC),
    stop: async () => {
      await log.close();
      await peer.stop();
    },
  };
}

async function createTopics(config: string): Promise<void> {
  const dir = tempDir('bench');
  const file = join(dir.path, 'tandem.yaml');
  await writeFile(file, config);
  const { exit, output } = await runTandem(['topics', 'create', `--config.file=${file}`], { cwd: dir.path });
  await dir.remove();
  if (exit.code !== 0) throw new Error(`cannot create the topics: ${output.trim()}`);
}

async function versionOfTandem(): Promise<string> {
  const { exit, output } = await runTandem(['--version']);
  if (exit.code !== 0) throw new Error(`cannot run tandem: ${output.trim()}`);
  return output.trim();
}
