import { percentile } from '../measure/statistics.ts';

/** How long requests took, ms. */
export interface Latency {
  readonly requests: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Asks a program, and notes how long each answer took. */
export class AlertsClient {
  readonly #url: string;
  readonly #tookMs = new Map<string, number[]>();

  /** @param url base of the program's HTTP API */
  constructor(url: string) {
    this.#url = url;
  }

  /** Posts JSON. @throws {Error} when the answer is not 2xx */
  async post(kind: string, path: string, body: unknown): Promise<void> {
    const text = JSON.stringify(body);
    await this.#timed(kind, path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: text });
  }

  /** Gets, and reads to the end. @throws {Error} when the answer is not 2xx */
  get(kind: string, path: string): Promise<string> {
    return this.#timed(kind, path, {});
  }

  /** What requests of a kind took since the last call. */
  latency(kind: string): Latency {
    const sorted = (this.#tookMs.get(kind) ?? []).toSorted((a, b) => a - b);
    this.#tookMs.delete(kind);
    const at = (share: number): number => percentile(sorted, share);
    return { requests: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
  }

  async #timed(kind: string, path: string, init: RequestInit): Promise<string> {
    const beganMs = performance.now();
    const response = await fetch(this.#url + path, { ...init, signal: AbortSignal.timeout(60_000) });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text.slice(0, 200)}`);
    const took = this.#tookMs.get(kind) ?? [];
    took.push(performance.now() - beganMs);
    this.#tookMs.set(kind, took);
    return text;
  }
}
