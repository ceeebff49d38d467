import { availableParallelism, cpus, release } from 'node:os';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

import { programVersion, acquireBinary } from '@tandem/testing';

import { type Outcome } from '../scenario/outcome.ts';

const FOLDER = new URL('../../results/', import.meta.url);
const FILE = new URL('real-pairs.json', FOLDER);

/** Where the last runs were made. */
export interface Environment {
  readonly cpuModel: string;
  readonly cores: number;
  readonly kernel: string;
  readonly node: string;
  /** Versions by program. */
  readonly programs: Readonly<Record<string, string>>;
}

/** What `results/real-pairs.json` holds: the last outcome of each run. */
export interface Results {
  readonly environment: Environment;
  readonly outcomes: readonly Outcome[];
}

/** Describes this machine and the programs beside Tandem. */
export async function describeEnvironment(): Promise<Environment> {
  const versionOf = async (binary: string, debianPackage: string, packaged: boolean): Promise<string> =>
    programVersion(await acquireBinary({ binary, debianPackage, packaged }), debianPackage);
  return {
    cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    kernel: `${process.platform} ${release()}`,
    node: process.versions.node,
    programs: {
      'Prometheus (packaged)': await versionOf('prometheus', 'prometheus', true),
      'Prometheus (newer)': await versionOf('prometheus', 'prometheus', false),
      VictoriaMetrics: await versionOf('victoria-metrics', 'victoria-metrics', false),
      Kafka: '4.1.0',
    },
  };
}

/** Keeps outcomes, one after another though runs end at the same time; each replaces the one before of its run. */
export class ResultKeeper {
  readonly #environment: Environment;
  #last: Promise<void> = Promise.resolve();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  /** Resolves when the outcome is kept. */
  keep(outcome: Outcome): Promise<void> {
    this.#last = this.#last.then(() => this.#write(outcome));
    return this.#last;
  }

  async #write(outcome: Outcome): Promise<void> {
    const kept = (await readResults())?.outcomes ?? [];
    const others = kept.filter(({ id }) => id !== outcome.id);
    const outcomes = [...others, outcome].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    await mkdir(FOLDER, { recursive: true });
    await writeFile(FILE, `${JSON.stringify({ environment: this.#environment, outcomes }, undefined, 2)}\n`);
    process.stderr.write(`wrote ${fileURLToPath(FILE)}\n`);
  }
}

/** What is kept; `undefined` before the first run. */
export async function readResults(): Promise<Results | undefined> {
  const text = await readFile(FILE, 'utf8').catch(() => undefined);
  return text === undefined ? undefined : (JSON.parse(text) as Results);
}
