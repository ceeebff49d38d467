import { randomUUID } from 'node:crypto';
import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, statSync, unlinkSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

import { hasEnded, isSameScope, type ProcessIdentity, thisProcess } from './process-identity.ts';

const PASSING = Buffer.from('1');
const OUTSIDE = Buffer.from('0');
const LOOK_AGAIN_MS = 1;
/** After this, what a process left behind counts as left behind where nobody can see whether the process runs. */
const FORGOTTEN_MS = 30_000;

/**
 * Processes that share a folder pass side by side, and one at a time has it to itself: by files, so that a process that
 * is killed keeps nobody out. Passing costs three system calls.
 *
 * Each process has a file that says whether it passes. Who wants to be alone puts down a mark, then waits until nobody
 * passes; who wants to pass says so first and then looks for marks. So at least one of two always sees the other.
 */
export class Turnstile {
  readonly #folder: string;
  readonly #name: string;
  readonly #flag: number;

  /** @param folder of the turnstile alone; made when missing */
  constructor(folder: string) {
    this.#folder = folder;
    this.#name = `${encode(thisProcess())}.${randomUUID().slice(0, 8)}`;
    mkdirSync(folder, { recursive: true });
    this.#flag = openSync(join(folder, `flag.${this.#name}`), 'wx');
    this.#say(OUTSIDE);
  }

  /** Does something that others may do at the same time, while nobody is alone. One call at a time. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter();
    try {
      return await work();
    } finally {
      this.#say(OUTSIDE);
    }
  }

  /** Does something while nobody passes and nobody else is alone. */
  async alone<T>(work: () => T): Promise<T> {
    const mark = join(this.#folder, `mark.${this.#name}`);
    await this.#begin(mark);
    try {
      return work();
    } finally {
      unlinkSync(mark);
    }
  }

  /** Gives the process's file up. */
  close(): void {
    closeSync(this.#flag);
    remove(join(this.#folder, `flag.${this.#name}`));
  }

  async #enter(): Promise<void> {
    for (;;) {
      this.#say(PASSING);
      if (this.#others('mark').length === 0) return;
      this.#say(OUTSIDE);
      await delay(LOOK_AGAIN_MS);
    }
  }

  async #begin(mark: string): Promise<void> {
    put(mark);
    for (;;) {
      const marks = this.#others('mark');
      // Of several at the same time the first by name goes first; the others step back.
      if (marks.some((name) => name < this.#name)) {
        unlinkSync(mark);
        await delay(LOOK_AGAIN_MS);
        put(mark);
      } else if (marks.length === 0 && !this.#somebodyPasses()) return;
      else await delay(LOOK_AGAIN_MS);
    }
  }

  #somebodyPasses(): boolean {
    return this.#others('flag').some((name) => contentOf(join(this.#folder, `flag.${name}`)).equals(PASSING));
  }

  /** Names of the other processes that have a file of this kind. What the dead have left behind is removed. */
  #others(kind: 'flag' | 'mark'): readonly string[] {
    const others: string[] = [];
    for (const file of readdirSync(this.#folder)) {
      const name = file.slice(kind.length + 1);
      if (!file.startsWith(`${kind}.`) || name === this.#name) continue;
      const path = join(this.#folder, file);
      if (isLeftBehind(path, name)) remove(path);
      else others.push(name);
    }
    return others;
  }

  #say(what: Buffer): void {
    writeSync(this.#flag, what, 0, what.length, 0);
  }
}

function put(mark: string): void {
  closeSync(openSync(mark, 'wx'));
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // Somebody else was quicker.
  }
}

function contentOf(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch {
    return OUTSIDE;
  }
}

function isLeftBehind(path: string, name: string): boolean {
  const identity = decode(name);
  if (identity === undefined) return false;
  if (isSameScope(identity)) return hasEnded(identity);
  return Date.now() - modifiedMs(path) > FORGOTTEN_MS;
}

function modifiedMs(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

function encode(identity: ProcessIdentity): string {
  return Buffer.from([identity.pid, identity.began, identity.scope].join('\n')).toString('base64url');
}

function decode(name: string): ProcessIdentity | undefined {
  const [pid = '', began = '', scope = ''] = Buffer.from(name.split('.')[0] ?? '', 'base64url')
    .toString()
    .split('\n');
  return pid === '' ? undefined : { pid: Number(pid), began, scope };
}
