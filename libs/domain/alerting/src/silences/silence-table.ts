import { type LabelSet } from '../labels/label-set.ts';
import { newerSilence, silenceForgottenAtMs, silences, silenceState, type Silence } from './silence.ts';

/** What a silence is kept with: the version of the table that it came in. */
interface Kept {
  readonly silence: Silence;
  readonly version: number;
}

/** The silences that are meant for an alert, as far as the table was looked through for it. */
interface Known {
  readonly version: number;
  readonly ids: readonly string[];
}

/**
 * The silences there are, and which are meant for an alert. An alert that was asked for before is held against those alone
 * that have come since.
 */
export class SilenceTable {
  readonly #byId = new Map<string, Kept>();
  /** By version, those that have come to nothing since among them. */
  #inOrder: Kept[] = [];
  /** By fingerprint. */
  readonly #known = new Map<string, Known>();
  #version = 0;

  /** How many there are. */
  get size(): number {
    return this.#byId.size;
  }

  /** Takes a silence, or a newer version of one; says whether it was newer than what was known. */
  put(silence: Silence): boolean {
    const known = this.#byId.get(silence.id)?.silence;
    if (newerSilence(known, silence) === known) return false;
    this.#version += 1;
    const kept = { silence, version: this.#version };
    this.#byId.set(silence.id, kept);
    this.#inOrder.push(kept);
    if (this.#inOrder.length > 2 * this.#byId.size) this.#inOrder = this.#inOrder.filter((one) => this.#isKept(one));
    return true;
  }

  get(id: string): Silence | undefined {
    return this.#byId.get(id)?.silence;
  }

  delete(id: string): void {
    this.#byId.delete(id);
  }

  *values(): IterableIterator<Silence> {
    for (const { silence } of this.#byId.values()) yield silence;
  }

  /** Ids of the silences that are active and meant for an alert, sorted. */
  silencedBy(fingerprint: string, labels: LabelSet, nowMs: number): readonly string[] {
    const ids = this.#meantFor(fingerprint, labels);
    return ids.filter((id) => this.#isActive(id, nowMs)).toSorted();
  }

  /** Forgets what the table knows of an alert that is gone. */
  forgetAlert(fingerprint: string): void {
    this.#known.delete(fingerprint);
  }

  /** The ids of silences that are over for longer than the retention. */
  forgettable(nowMs: number, retentionMs: number): readonly string[] {
    return [...this.values()]
      .filter((silence) => silenceForgottenAtMs(silence, retentionMs) <= nowMs)
      .map(({ id }) => id);
  }

  /** Whether it is there still, and no newer version of it is. */
  #isKept(kept: Kept): boolean {
    return this.#byId.get(kept.silence.id) === kept;
  }

  #isActive(id: string, nowMs: number): boolean {
    const silence = this.get(id);
    return silence !== undefined && silenceState(silence, nowMs) === 'active';
  }

  #meantFor(fingerprint: string, labels: LabelSet): readonly string[] {
    const known = this.#known.get(fingerprint);
    if (known?.version === this.#version) return known.ids;
    const ids = new Set(known?.ids.filter((id) => this.#byId.has(id)));
    for (const silence of this.#since(known?.version ?? 0)) {
      if (silences(silence, labels)) ids.add(silence.id);
      else ids.delete(silence.id);
    }
    this.#known.set(fingerprint, { version: this.#version, ids: [...ids] });
    return [...ids];
  }

  /** Those that came behind a version, the newest first: the others are not looked at. */
  *#since(version: number): IterableIterator<Silence> {
    for (let at = this.#inOrder.length - 1; at >= 0; at--) {
      const kept = this.#inOrder[at];
      if (kept === undefined || kept.version <= version) return;
      if (this.#isKept(kept)) yield kept.silence;
    }
  }
}
