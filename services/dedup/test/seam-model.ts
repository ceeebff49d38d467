import { ElectionTable, EndGrid, SeamTable } from '@tandem/election';
import { clusterId } from '@tandem/records';

import { SETTINGS, T0, valueOf, type Sent } from './pipeline.ts';

/** No seam looks back farther than this and its window. */
const HOUR_MS = 3_600_000;

/** A sample that came out, in the words of a test. */
interface Out {
  readonly series: string;
  readonly timestampMs: number;
  readonly value: number;
  readonly epoch: number;
}

interface OpenSeam {
  readonly table: SeamTable;
  readonly ends: EndGrid;
  readonly epoch: number;
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** What is to come out of one cluster, records one after the other, as if everything were at hand at any time. */
class ClusterModel {
  readonly out: Out[][] = [];
  readonly #records: { readonly sent: Sent; readonly nowMs: number }[] = [];
  readonly #last = new Map<string, number>();
  #seam: OpenSeam | undefined;

  heard(sent: Sent, nowMs: number): void {
    this.#records.push({ sent, nowMs });
  }

  failover(successor: string, epoch: number, times: { readonly endMs: number; readonly nowMs: number }): void {
    const sinceMs = times.endMs - SETTINGS.seamWindowMs;
    const table = new SeamTable();
    for (const { series, timestampMs, value } of this.out.flat()) {
      if (timestampMs >= sinceMs) table.note(...nameOf(series), timestampMs, sampleOf(value));
    }
    const ends = new EndGrid(times.nowMs);
    this.#seam = { table, ends, epoch, sinceMs, untilMs: times.nowMs + SETTINGS.seamWindowMs };
    for (const { sent, nowMs } of this.#records.slice(0, -1)) {
      if (sent.replica === successor && nowMs >= sinceMs) this.accept(sent, epoch, nowMs, true);
    }
  }

  vacate(): void {
    this.#seam = undefined;
  }

  accept(sent: Sent, epoch: number, nowMs: number, readAgain = false): void {
    const seam = this.#seam;
    const passed: Out[] = [];
    for (const [series, seconds] of sent.samples) {
      const timestampMs = T0 + seconds * 1000;
      const value = valueOf(sent.replica, seconds);
      if (seam?.table.admits(...nameOf(series), timestampMs, sampleOf(value)) === false) continue;
      if (this.#advance(series, timestampMs)) passed.push({ series, timestampMs, value, epoch });
    }
    this.#put(passed);
    if (seam !== undefined && !readAgain) this.#markAt(nowMs, seam, epoch);
  }

  #markAt(nowMs: number, seam: OpenSeam, epoch: number): void {
    const isLast = nowMs >= seam.untilMs;
    if (seam.ends.passes(nowMs) || isLast) this.#mark(seam, epoch, isLast);
    if (isLast) this.#seam = undefined;
  }

  #mark(seam: OpenSeam, epoch: number, isLast: boolean): void {
    const waiting = new Map(seam.table.takeOrphans(isLast).map(({ high, timestampMs }) => [`s${high}`, timestampMs]));
    for (const record of [...this.out]) {
      const old = record[0]?.epoch ?? epoch;
      if (old >= seam.epoch || Math.max(...record.map(({ timestampMs }) => timestampMs)) < seam.sinceMs) continue;
      const markers: Out[] = [];
      for (const { series } of record) {
        const timestampMs = waiting.get(series);
        if (timestampMs === undefined) continue;
        waiting.delete(series);
        if (this.#advance(series, timestampMs)) markers.push({ series, timestampMs, value: NaN, epoch });
      }
      this.#put(markers);
    }
  }

  #put(record: Out[]): void {
    if (record.length > 0) this.out.push(record);
  }

  #advance(series: string, timestampMs: number): boolean {
    if (timestampMs <= (this.#last.get(series) ?? -Infinity)) return false;
    this.#last.set(series, timestampMs);
    return true;
  }
}

/** Series are named s0, s1 …; their fingerprint here is their number. */
function nameOf(series: string): readonly [number, number] {
  return [Number(series.slice(1)), 1];
}

function sampleOf(value: number) {
  return { value, stale: Number.isNaN(value), monotonic: false };
}

/** `series@seconds`, by the name of the cluster; series of no pair under the empty name. */
export function expectedOutput(sent: readonly Sent[]): ReadonlyMap<string, readonly string[]> {
  const table = new ElectionTable(SETTINGS.elections);
  const models = new Map<string, ClusterModel>();
  const modelOf = (name: string): ClusterModel => {
    const model = models.get(name) ?? new ClusterModel();
    models.set(name, model);
    return model;
  };
  for (const each of sent) {
    const { at, replica, cluster = 'c', samples } = each;
    const timestampMs = T0 + at * 1000;
    const silent = table.advance(timestampMs).filter(({ kind }) => kind === 'vacated');
    for (const { cluster: id } of silent) modelOf(id).vacate();
    if (replica === undefined) {
      modelOf('').accept(each, 0, timestampMs);
      continue;
    }
    const id = clusterId('t', cluster);
    const times = samples.map(([, seconds]) => T0 + seconds * 1000);
    const span = { minTimestampMs: Math.min(...times), maxTimestampMs: Math.max(...times) };
    const model = modelOf(id);
    model.heard(each, timestampMs);
    const { verdict, effect, state } = table.judge({ tenant: 't', cluster: id, replica, timestampMs, ...span });
    if (verdict !== 'accept') continue;
    if (effect?.kind === 'elect' && effect.election.previous !== undefined) {
      const { previous, epoch } = effect.election;
      const { receivedAtMs, highTimestampMs = receivedAtMs } = previous;
      const endMs = Math.max(receivedAtMs - HOUR_MS, Math.min(receivedAtMs, highTimestampMs));
      model.failover(replica, epoch, { endMs, nowMs: timestampMs });
    }
    model.accept(each, state.epoch, timestampMs);
  }
  return new Map(
    Array.from(models, ([name, { out }]) => [
      name,
      out.flat().map(({ series, timestampMs }) => `${series}@${(timestampMs - T0) / 1000}`),
    ]),
  );
}
