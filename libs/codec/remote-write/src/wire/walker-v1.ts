import { LabelHasher } from '@tandem/series';
import { byteAt, Cursor } from './cursor.ts';
import { Int32List } from './int32-list.ts';
import { CLUSTER, METRIC_NAME, NONE, REPLICA, Roles } from './roles.ts';
import { type LabelSpan, SeriesState } from './series-state.ts';
import { V1 } from './tags.ts';
import { isAscii, requireUtf8 } from './text.ts';
import { type Walker, type WalkOptions } from './walker.ts';

/** Name from and to, value from and to, role. */
const STRIDE = 5;
/** The two tags of a label whose name comes first. */
const PLAIN_LABEL = (V1.label.name << 8) | V1.label.value;

/** Goes through a `prometheus.WriteRequest`. */
export class WalkerV1 implements Walker {
  readonly cursor: Cursor;
  readonly series = new SeriesState();
  readonly metadata = new Int32List();
  readonly #labels = new Int32List();
  readonly #roles: Roles;
  readonly #hasher: LabelHasher | undefined;
  readonly #checkUtf8: boolean;
  /** Whether all label bytes of the series stood on are known to be ASCII. */
  #labelsFrom = -1;
  #labelsTo = -1;

  constructor(data: Uint8Array, options: WalkOptions) {
    this.cursor = new Cursor(data);
    this.#roles = new Roles(options.clusterLabel, options.replicaLabel);
    this.#hasher = options.fingerprints === true ? new LabelHasher(this.cursor.view) : undefined;
    this.#checkUtf8 = options.checkUtf8 === true;
  }

  next(): boolean {
    const { cursor } = this;
    const stop = cursor.data.length;
    while (cursor.at < stop) {
      const from = cursor.at;
      const tag = cursor.tag();
      if (tag === V1.request.series) {
        this.#readSeries(from, cursor.end(stop));
        return true;
      }
      cursor.skip(tag, stop);
      if (tag === V1.request.metadata) {
        this.metadata.push(from);
        this.metadata.push(cursor.at);
      }
    }
    cursor.finish(stop);
    return false;
  }

  get texts(): Uint8Array {
    return this.cursor.data;
  }

  labelCount(): number {
    return this.#labels.length / STRIDE;
  }

  readLabel(index: number, into: LabelSpan): void {
    const at = index * STRIDE;
    into.nameFrom = this.#labels.at(at);
    into.nameTo = this.#labels.at(at + 1);
    into.valueFrom = this.#labels.at(at + 2);
    into.valueTo = this.#labels.at(at + 3);
  }

  isReplica(index: number): boolean {
    return this.#labels.at(index * STRIDE + 4) === REPLICA;
  }

  cutReplica(cuts: Int32List): void {
    const { replicaSpans } = this.series;
    for (let i = 0; i < replicaSpans.length; i++) cuts.push(replicaSpans.at(i));
  }

  #readSeries(from: number, to: number): void {
    const { cursor, series } = this;
    series.reset(from, cursor.at, to);
    this.#labels.clear();
    this.#labelsFrom = this.#labelsTo = cursor.at;
    this.#readPlainLabels(to);
    while (cursor.at < to) this.#readField(to);
    cursor.finish(to);
    if (this.#checkUtf8) this.#requireUtf8();
    if (this.#hasher !== undefined) this.#fingerprint(this.#hasher);
  }

  /**
   * Reads the labels at the beginning of a series as all writers lay them out: name, then value, lengths of one byte.
   * Stops at the first thing that is otherwise. The hot loop of 1.0: hence everything in locals.
   */
  #readPlainLabels(stop: number): void {
    const { cursor } = this;
    const { data } = cursor;
    const labels = this.#labels;
    const roles = this.#roles;
    let { items } = labels;
    let from = cursor.at;
    while (byteAt(data, from) === V1.series.label) {
      const length = byteAt(data, from + 1);
      const nameFrom = from + 4;
      const nameTo = nameFrom + byteAt(data, from + 3);
      const valueFrom = nameTo + 2;
      const valueTo = valueFrom + byteAt(data, nameTo + 1);
      const tags = (byteAt(data, from + 2) << 8) | byteAt(data, nameTo);
      // With the length below 128, and all parts within it, so are their lengths.
      if (tags !== PLAIN_LABEL || length > 0x7f || valueTo !== from + 2 + length || valueTo > stop) break;
      if (labels.length + STRIDE > items.length) items = labels.reserve(STRIDE);
      const at = labels.length;
      const role = roles.of(cursor, nameFrom, nameTo);
      items[at] = nameFrom;
      items[at + 1] = nameTo;
      items[at + 2] = valueFrom;
      items[at + 3] = valueTo;
      items[at + 4] = role;
      labels.length = at + STRIDE;
      if (role !== NONE) this.#noteRole(role, from, valueTo);
      from = valueTo;
    }
    cursor.at = this.#labelsTo = from;
  }

  #readField(stop: number): void {
    const { cursor, series } = this;
    const from = cursor.at;
    const tag = cursor.tag();
    switch (tag) {
      case V1.series.label:
        this.#readLabelField(from, cursor.end(stop));
        break;
      case V1.series.sample:
        series.items.readSample(cursor, from, stop);
        break;
      case V1.series.histogram:
        series.items.readHistogram(cursor, from, stop);
        break;
      case V1.series.exemplar:
        series.exemplars++;
        this.#passMessage(cursor.end(stop));
        break;
      default:
        cursor.skip(tag, stop);
    }
  }

  #readLabelField(from: number, to: number): void {
    const { cursor } = this;
    let nameFrom = to;
    let nameTo = to;
    let valueFrom = to;
    let valueTo = to;
    while (cursor.at < to) {
      const tag = cursor.tag();
      if (tag === V1.label.name) {
        nameTo = cursor.end(to);
        nameFrom = cursor.at;
        cursor.at = nameTo;
      } else if (tag === V1.label.value) {
        valueTo = cursor.end(to);
        valueFrom = cursor.at;
        cursor.at = valueTo;
      } else cursor.skip(tag, to);
    }
    cursor.finish(to);
    if (from === this.#labelsTo) this.#labelsTo = to;
    const items = this.#labels.reserve(STRIDE);
    const at = this.#labels.length;
    const role = this.#roles.of(cursor, nameFrom, nameTo);
    items[at] = nameFrom;
    items[at + 1] = nameTo;
    items[at + 2] = valueFrom;
    items[at + 3] = valueTo;
    items[at + 4] = role;
    this.#labels.length = at + STRIDE;
    if (role !== NONE) this.#noteRole(role, from, to);
  }

  /** Keeps what the label read last, whose field is `from` to `to`, says about the series. */
  #noteRole(role: number, from: number, to: number): void {
    const { series } = this;
    const at = this.#labels.length - STRIDE;
    const valueFrom = this.#labels.at(at + 2);
    const valueTo = this.#labels.at(at + 3);
    if (role === CLUSTER) {
      series.clusterFrom = valueFrom;
      series.clusterTo = valueTo;
    } else if (role === REPLICA) {
      series.replicaFrom = valueFrom;
      series.replicaTo = valueTo;
      series.replicaSpans.push(from);
      series.replicaSpans.push(to);
    } else if (role === METRIC_NAME) {
      series.metricFrom = valueFrom;
      series.metricTo = valueTo;
    }
  }

  #passMessage(to: number): void {
    const { cursor } = this;
    while (cursor.at < to) cursor.skip(cursor.tag(), to);
    cursor.finish(to);
  }

  /**
   * Labels usually lie side by side, and the tags and lengths between short texts are ASCII too: then one pass over
   * all of it will do.
   */
  #requireUtf8(): void {
    const { cursor } = this;
    const labels = this.#labels;
    const last = labels.length - STRIDE;
    if (last >= 0 && labels.at(last + 3) <= this.#labelsTo && isAscii(cursor, this.#labelsFrom, this.#labelsTo)) return;
    for (let at = 0; at < labels.length; at += STRIDE) {
      requireUtf8(cursor, labels.at(at), labels.at(at + 1));
      requireUtf8(cursor, labels.at(at + 2), labels.at(at + 3));
    }
  }

  #fingerprint(hasher: LabelHasher): void {
    const labels = this.#labels;
    let high = 0;
    let low = 0;
    for (let at = 0; at < labels.length; at += STRIDE) {
      const valueFrom = labels.at(at + 2);
      const valueTo = labels.at(at + 3);
      if (valueFrom === valueTo || labels.at(at + 4) === REPLICA) continue;
      hasher.hash(labels.at(at), labels.at(at + 1), valueFrom, valueTo);
      high = (high + hasher.high) | 0;
      low = (low + hasher.low) | 0;
    }
    this.series.high = high;
    this.series.low = low;
  }
}
