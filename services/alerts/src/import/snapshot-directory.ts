import { createHash } from 'node:crypto';
import { open, readFile, rename } from 'node:fs/promises';
import path from 'node:path';

import type { SnapshotOutcome } from '@tandem/alertmanager-snapshot';
import { TandemError } from '@tandem/errors';

import { type Snapshots } from './append-snapshots.ts';

/** Says which files the log has: removing it makes them new. */
const MARKER = 'tandem-imported.json';

/** Digests of the files by their names; of one that is not there, nothing. */
type Digests = Readonly<Record<string, string>>;

/** The snapshot files in a `--storage.path` of Alertmanager. */
export class SnapshotDirectory {
  readonly #directory: string;
  #digests: Digests = {};

  /** @param directory `--storage.path`; it need not be there */
  constructor(directory: string) {
    this.#directory = directory;
  }

  /**
   * Reads the files, unless the log has them: then, and where there are none, `undefined`.
   *
   * @throws {TandemError} `TANDEM_ALERTS_SNAPSHOT` where one cannot be read: upstream does not start with it either
   */
  async read(): Promise<Snapshots | undefined> {
    const [silences, nflog] = [await this.#bytes('silences'), await this.#bytes('nflog')];
    this.#digests = { ...digestOf('silences', silences), ...digestOf('nflog', nflog) };
    const marked = await this.#marked();
    const isNews = Object.entries(this.#digests).some(([file, digest]) => marked[file] !== digest);
    if (!isNews) return undefined;
    // Most starts have none to read.
    const { readNflogSnapshot, readSilencesSnapshot } = await import('@tandem/alertmanager-snapshot');
    return {
      silences: this.#records('silences', silences, readSilencesSnapshot),
      entries: this.#records('nflog', nflog, readNflogSnapshot),
    };
  }

  /**
   * The log has what was read: it is not read again. Without this a silence that was ended here, and has been forgotten
   * since, would come back from a file in which it goes on.
   *
   * @throws Error where the marker cannot be written
   */
  async markImported(): Promise<void> {
    const marker = path.join(this.#directory, MARKER);
    const written = await open(`${marker}.new`, 'w');
    try {
      await written.writeFile(`${JSON.stringify(this.#digests)}\n`);
      await written.sync();
    } finally {
      await written.close();
    }
    await rename(`${marker}.new`, marker);
  }

  #records<T>(file: string, bytes: Buffer | undefined, read: (bytes: Uint8Array) => SnapshotOutcome<T>): readonly T[] {
    if (bytes === undefined) return [];
    const outcome = read(bytes);
    if (outcome.ok) return outcome.records;
    throw this.#unreadable(file, outcome.problem);
  }

  async #marked(): Promise<Digests> {
    const bytes = await this.#bytes(MARKER);
    try {
      const marked: unknown = bytes === undefined ? {} : JSON.parse(bytes.toString('utf8'));
      return typeof marked === 'object' && marked !== null ? (marked as Digests) : {};
    } catch (cause) {
      throw this.#unreadable(MARKER, cause);
    }
  }

  /** `undefined` where there is no such file. */
  async #bytes(file: string): Promise<Buffer | undefined> {
    try {
      return await readFile(path.join(this.#directory, file));
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw this.#unreadable(file, error);
    }
  }

  #unreadable(file: string, cause: unknown): TandemError {
    const message = `cannot read the snapshot "${path.join(this.#directory, file)}"`;
    if (typeof cause === 'string') return new TandemError('TANDEM_ALERTS_SNAPSHOT', `${message}: ${cause}`);
    return new TandemError('TANDEM_ALERTS_SNAPSHOT', message, { cause });
  }
}

function isMissing(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === 'ENOENT';
}

function digestOf(file: string, bytes: Buffer | undefined): Digests {
  return bytes === undefined ? {} : { [file]: createHash('sha256').update(bytes).digest('hex') };
}
