import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  acquireBinary,
  freePort,
  httpOk,
  launch,
  programVersion,
  tempDir,
  type LaunchedProcess,
} from '@tandem/testing';
import { pinned, type Command } from '../measure/pin.ts';
import { configuration } from './workload.ts';

const TANDEM = fileURLToPath(new URL('../../../../services/tandem/bin/tandem.js', import.meta.url));

/** Programs that are measured. */
export const ALERTS_SUBJECTS = ['alertmanager', 'tandem'] as const;

/** One of them. */
export type AlertsSubjectId = (typeof ALERTS_SUBJECTS)[number];

/** A running program that takes alerts. */
export interface AlertsSubject {
  readonly id: AlertsSubjectId;
  readonly version: string;
  /** The command line without addresses and directories. */
  readonly settings: readonly string[];
  readonly pid: number;
  readonly url: string;
  stop(): Promise<void>;
}

/** Flags of both: a cluster of one, nothing gossiped. */
const FLAGS = ['--cluster.listen-address=', '--data.retention=120h', '--log.level=warn'];

/** Starts a program on the core of what is measured; both are given the same file and the same flags. */
export async function startSubject(id: AlertsSubjectId, webhookUrl: string): Promise<AlertsSubject> {
  const program = id === 'tandem' ? tandem() : await alertmanager();
  const version = await versionOf(id, program);
  const dir = tempDir(`bench-${id}`);
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const file = join(dir.path, 'alertmanager.yml');
  await writeFile(file, configuration(webhookUrl));
  const args = [
    ...program.args,
    `--config.file=${file}`,
    `--storage.path=${join(dir.path, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    ...FLAGS,
  ];
  const running: LaunchedProcess = await launch({
    name: id,
    ...(await pinned('server', { command: program.command, args })),
    env: { GOMAXPROCS: '1' },
    cwd: dir.path,
    ready: () => httpOk(`${url}/-/ready`),
  });
  return {
    id,
    version,
    settings: [...FLAGS, ...(id === 'alertmanager' ? ['GOMAXPROCS=1'] : ['embedded log'])],
    pid: running.pid,
    url,
    stop: async () => {
      await running.stop();
      await dir.remove();
    },
  };
}

function tandem(): Command {
  return { command: process.execPath, args: [TANDEM, 'alerts'] };
}

async function alertmanager(): Promise<Command> {
  return {
    command: await acquireBinary({ binary: 'alertmanager', debianPackage: 'prometheus-alertmanager' }),
    args: [],
  };
}

function versionOf(id: AlertsSubjectId, { command }: Command): Promise<string> | string {
  return id === 'tandem' ? 'of this tree' : programVersion(command, 'prometheus-alertmanager');
}
