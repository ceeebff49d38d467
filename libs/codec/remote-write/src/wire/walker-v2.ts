import { byteAt, Cursor } from './cursor.ts';
import { Int32List } from './int32-list.ts';
import { Invalid } from './invalid.ts';
import { PackedRuns } from './packed-refs.ts';
import { CLUSTER, METRIC_NAME, NONE, REPLICA, Roles } from './roles.ts';
import { type LabelSpan, SeriesState } from './series-state.ts';
import { SymbolTable } from './symbol-table.ts';
import { V2 } from './tags.ts';
import { type Walker, type WalkOptions } from './walker.ts';

/** Goes through an `io.prometheus.write.v2.Request`. */
export class WalkerV2 implements Walker {
  readonly cursor: Cursor;
  readonly series = new SeriesState();
  /** Always empty: metadata of 2.0 is in the series. */
  readonly metadata = new Int32List();
  readonly symbols = new SymbolTable();
  /** Name and value, by turns, of the series stood on. */
  readonly refs = new Int32List();
  readonly #runs = new PackedRuns();
  readonly #fingerprints: boolean;
  /** Span of the name reference read last, whose value reference has yet to come. */
  #nameFrom = 0;
  #nameTo = 0;

  constructor(data: Uint8Array, options: WalkOptions) {
    this.cursor = new Cursor(data);
    this.#fingerprints = options.fingerprints === true;
    this.symbols.read(this.cursor, new Roles(options.clusterLabel, options.replicaLabel), {
      hash: this.#fingerprints,
      checkUtf8: options.checkUtf8 === true,
    });
  }

  next(): boolean {
    const { cursor } = this;
    const stop = cursor.data.length;
    while (cursor.at < stop) {
      const from = cursor.at;
      const tag = cursor.tag();
      if (tag === V2.request.series) {
        this.#readSeries(from, cursor.end(stop));
        return true;
      }
      cursor.skip(tag, stop);
    }
    return false;
  }

  get texts(): Uint8Array {
    return this.symbols.texts;
  }

  labelCount(): number {
    return this.refs.length / 2;
  }

  readLabel(index: number, into: LabelSpan): void {
    const name = this.refs.at(index * 2);
    const value = this.refs.at(index * 2 + 1);
    into.nameFrom = this.symbols.from(name);
    into.nameTo = this.symbols.to(name);
    into.valueFrom = this.symbols.from(value);
    into.valueTo = this.symbols.to(value);
  }

  isReplica(index: number): boolean {
    return this.symbols.role(this.refs.at(index * 2)) === REPLICA;
  }

  cutReplica(cuts: Int32List): void {
    if (this.series.replicaSpans.length > 0) this.#runs.cut(this.cursor, this.series.replicaSpans, cuts);
  }

  #readSeries(from: number, to: number): void {
    const { cursor, series } = this;
    series.reset(from, cursor.at, to);
    this.refs.clear();
    this.#runs.clear();
    while (cursor.at < to) this.#readField(to);
    cursor.finish(to);
    if (this.refs.length % 2 === 1)
      throw new Invalid('invalid-labels', `an odd number of label references at byte ${from}`);
    if (this.#fingerprints) this.#fingerprint();
  }

  #readField(stop: number): void {
    const { cursor, series } = this;
    const from = cursor.at;
    const tag = cursor.tag();
    switch (tag) {
      case V2.series.refs:
        this.#readRun(stop);
        break;
      case V2.series.sample:
        series.items.readSample(cursor, from, stop);
        break;
      case V2.series.histogram:
        series.items.readHistogram(cursor, from, stop);
        break;
      case V2.series.unpackedRef:
        this.#readRef(from);
        break;
      case V2.series.exemplar:
        series.exemplars++;
        this.#checkExemplar(cursor.end(stop));
        break;
      case V2.series.metadata:
        series.metadata++;
        this.#checkMetadata(cursor.end(stop));
        break;
      default:
        cursor.skip(tag, stop);
    }
  }

  /** Reads a packed run of references. The hot loop of 2.0: hence locals, and references of two bytes read in place. */
  #readRun(stop: number): void {
    const { cursor, refs, symbols } = this;
    const { data } = cursor;
    const lengthAt = cursor.at;
    const to = cursor.end(stop);
    let at = cursor.at;
    this.#runs.add(lengthAt, at, to);
    const items = refs.reserve(to - at);
    const known = symbols.length;
    let { length } = refs;
    // Of the name whose value comes next.
    let role = (length & 1) === 1 ? symbols.role(refs.at(length - 1)) : NONE;
    while (at < to) {
      const from = at;
      let ref = byteAt(data, at++);
      if (ref > 0x7f) ref = (ref & 0x7f) | (byteAt(data, at++) << 7);
      if (ref > 0x3fff) {
        cursor.at = from;
        ref = cursor.uint32();
        at = cursor.at;
      }
      if (ref >= known) symbols.require(ref);
      items[length++] = ref;
      if ((length & 1) === 1) {
        this.#nameFrom = from;
        this.#nameTo = at;
        role = symbols.role(ref);
      } else if (role !== NONE) {
        refs.length = length;
        this.#noteRole(role, from, at);
      }
    }
    refs.length = length;
    cursor.at = at;
    cursor.finish(to);
  }

  /** Reads a reference that is a field of its own, which begins at `from`. */
  #readRef(from: number): void {
    const ref = this.cursor.uint32();
    if (ref >= this.symbols.length) this.symbols.require(ref);
    this.refs.push(ref);
    this.#noteRef(from, this.cursor.at);
  }

  /** Takes note of where the reference read last is; what holds nothing but it is at `from` to `to`. */
  #noteRef(from: number, to: number): void {
    const { refs } = this;
    if ((refs.length & 1) === 1) {
      this.#nameFrom = from;
      this.#nameTo = to;
      return;
    }
    const role = this.symbols.role(refs.at(refs.length - 2));
    if (role !== NONE) this.#noteRole(role, from, to);
  }

  /** Keeps what the label read last says about the series; the reference to its value is at `from` to `to`. */
  #noteRole(role: number, from: number, to: number): void {
    const { series, symbols } = this;
    const value = this.refs.at(this.refs.length - 1);
    if (role === CLUSTER) {
      series.clusterFrom = symbols.from(value);
      series.clusterTo = symbols.to(value);
    } else if (role === REPLICA) {
      series.replicaFrom = symbols.from(value);
      series.replicaTo = symbols.to(value);
      series.replicaSpans.push(this.#nameFrom);
      series.replicaSpans.push(this.#nameTo);
      series.replicaSpans.push(from);
      series.replicaSpans.push(to);
    } else if (role === METRIC_NAME) {
      series.metricFrom = symbols.from(value);
      series.metricTo = symbols.to(value);
    }
  }

  #checkExemplar(to: number): void {
    const { cursor } = this;
    let refs = 0;
    while (cursor.at < to) {
      const tag = cursor.tag();
      if (tag === V2.exemplar.refs) {
        const end = cursor.end(to);
        for (; cursor.at < end; refs++) this.symbols.require(cursor.uint32());
        cursor.finish(end);
      } else if (tag === V2.exemplar.unpackedRef) {
        refs++;
        this.symbols.require(cursor.uint32());
      } else cursor.skip(tag, to);
    }
    cursor.finish(to);
    if (refs % 2 === 1)
      throw new Invalid('invalid-labels', `an odd number of label references of an exemplar at byte ${to}`);
  }

  #checkMetadata(to: number): void {
    const { cursor, series } = this;
    while (cursor.at < to) {
      const tag = cursor.tag();
      if (tag === V2.metadata.help || tag === V2.metadata.unit) this.symbols.require(cursor.uint32());
      else {
        // Of several messages of metadata, which are one to protobuf, the last type holds.
        if (tag === V2.metadata.type) series.typeAt = cursor.at;
        cursor.skip(tag, to);
      }
    }
    cursor.finish(to);
  }

  #fingerprint(): void {
    const { refs, symbols, series } = this;
    for (let i = 0; i < refs.length; i += 2) {
      const name = refs.at(i);
      const value = refs.at(i + 1);
      if (symbols.isEmpty(value) || symbols.role(name) === REPLICA) continue;
      symbols.addTo(series, name, value);
    }
  }
}
