// The walk over a request of remote write: what `module.ts` calls.
import * as cursor from './cursor';
import { DATA, FLOAT, ITEM, LISTED, offset, REQUEST, sameBytes, SLACK, TIMES } from './memory';
import * as need from './need';
import * as rewriter from './rewriter';
import * as series from './series';
import * as text from './text';
import * as v1 from './v1';
import * as v2 from './v2';

/** What stands on nothing, on a series, on a record of metadata. */
const NOTHING: i32 = 0;
const ON_SERIES: i32 = 1;

let isV2: bool = false;
let stop: u32 = 0;
let standing: i32 = NOTHING;

/** Where a copy of the texts is, if there has to be one: a rewrite would move symbols that come after a series. */
let copyAt: u32 = 0;
/** Items listed for a tracker, and after how many of them it is asked. */
let listAt: u32 = 0;
const ENOUGH: u32 = 1024;

/** Where in the memory the lists would end of a walk over the request of so many bytes, whatever it is for. */
export function room(protocol: i32, length: i32): f64 {
  need.estimate(protocol, length);
  return <f64>layOut(protocol, length);
}

/** Counts what the request needs, after which `counted` tells; a trap stands for a problem, and leaves what is needed up to there. */
export function count(protocol: i32, length: i32): void {
  need.count(protocol, length);
}

/** The same as `room`, of what was counted. */
export function counted(protocol: i32, length: i32): f64 {
  return <f64>layOut(protocol, length);
}

/** Places a copy of the texts, if there has to be one, and all lists behind the request; returns where they end. */
function layOut(protocol: i32, length: i32): u64 {
  let free: u64 = align(<u64>DATA + <u32>length + SLACK);
  copyAt = 0;
  if (need.isLate) {
    copyAt = <u32>free;
    free = align(free + <u32>length + SLACK);
  }
  const spans = protocol == 2 ? need.references : need.labels;
  free = align(series.place(free, need.items, spans));
  free = align(rewriter.place(free, <u64>need.items + spans + need.runs));
  free = align(
    protocol == 2
      ? v2.place(free, need.symbols, need.references, need.runs)
      : v1.place(free, need.labels),
  );
  listAt = <u32>free;
  return free + (<u64>ENOUGH + need.items) * LISTED;
}

function align(address: u64): u64 {
  return (address + 15) & ~15;
}

/** Begins a walk over the request of so many bytes, for which there is room; or over what a rewrite has left of it. */
export function begin(protocol: i32, length: i32, flags: i32, clusterLength: i32, replicaLength: i32): void {
  isV2 = protocol == 2;
  stop = DATA + length;
  standing = NOTHING;
  text.setNames(clusterLength, replicaLength);
  for (let i: u32 = 0; i < SLACK; i += 16) v128.store(stop + i, i64x2.splat(0));
  if (copyAt != 0) memory.copy(copyAt, DATA, length);
  const copied = copyAt == 0 ? 0 : copyAt - DATA;
  store<i32>(REQUEST, 0);
  store<i32>(REQUEST, <i32>(DATA + copied), 12);
  store<i32>(REQUEST, <i32>series.firstItem(), 76);
  store<i32>(REQUEST, <i32>listAt, 80);
  cursor.moveTo(DATA);
  rewriter.begin(protocol, flags);
  if (isV2) v2.begin(flags, stop, copied);
  else v1.begin(flags);
}

function step(): i32 {
  standing = isV2 ? v2.next(stop) : v1.next(stop);
  return standing;
}

/** Moves to the next series (1) or, in 1.0, record of metadata (2); 0 at the end. */
export function next(): i32 {
  const found = step();
  if (found != NOTHING) publish();
  return found;
}

function publish(): void {
  series.publish();
  if (isV2) v2.publish();
  else v1.publish();
}

/** Writes the series stood on, so many items of which are marked as dropped, and moves to the next one. */
export function rewriteNext(dropped: i32): i32 {
  if (standing == ON_SERIES) rewriter.write(dropped);
  return next();
}

/**
 * Moves through series until enough of their items are listed, or to the end, and writes them if they are to be written,
 * as if all were kept. Returns how many are listed; none at the end.
 */
export function gather(writes: i32): i32 {
  const enough = listAt + ENOUGH * LISTED;
  let list = listAt;
  while (list < enough) {
    const found = step();
    if (found == NOTHING) break;
    if (found == ON_SERIES) {
      list = series.list(list);
      if (writes) rewriter.write(0);
    } else metadata++;
  }
  noteTimes(list);
  return <i32>((list - listAt) / LISTED);
}

function noteTimes(to: u32): void {
  for (let listed = listAt; listed < to; listed += LISTED) {
    const time = load<f64>(listed, 8);
    if (time < oldest) oldest = time;
    if (time > newest) newest = time;
  }
  store<i32>(REQUEST, metadata, 52);
  store<f64>(TIMES, oldest);
  store<f64>(TIMES, newest, 8);
}

/** Ends a rewrite; returns how many bytes there are now. */
export function finishRewrite(): i32 {
  store<i32>(REQUEST, rewriter.changed, 28);
  store<i32>(REQUEST, rewriter.keptSeries, 32);
  return rewriter.finish(stop);
}

let series0: i32 = 0;
let samples: i32 = 0;
let histograms: i32 = 0;
let exemplars: i32 = 0;
let metadata: i32 = 0;
let mixed: i32 = 0;
let oldest: f64 = Infinity;
let newest: f64 = -Infinity;
let clusterFrom: u32 = 0;
let clusterTo: u32 = 0;
let replicaFrom: u32 = 0;
let replicaTo: u32 = 0;

/** Begins to sum a request up, or to list its items. */
export function beginSum(): void {
  series0 = samples = histograms = exemplars = metadata = mixed = 0;
  oldest = Infinity;
  newest = -Infinity;
}

/** Sums the request up to the next series named `up`, and stands on it (1); or to its end (0). */
export function sum(): i32 {
  let found = step();
  for (; found != NOTHING; found = step()) {
    if (found != ON_SERIES) {
      metadata++;
      continue;
    }
    sumSeries();
    // `up`, as a little-endian word.
    if (series.metricTo - series.metricFrom == 2 && load<u16>(series.metricFrom) == 0x7075) {
      publish();
      return 1;
    }
  }
  publishSum();
  return 0;
}

function sumSeries(): void {
  exemplars += series.exemplars;
  metadata += series.metadata;
  for (let item = series.firstItem(); item < series.items; item += ITEM) {
    if (load<i32>(item) == FLOAT) samples++;
    else histograms++;
    const time = load<f64>(item, 16);
    if (time < oldest) oldest = time;
    if (time > newest) newest = time;
  }
  if (series0++ == 0) {
    clusterFrom = series.clusterFrom;
    clusterTo = series.clusterTo;
    replicaFrom = series.replicaFrom;
    replicaTo = series.replicaTo;
  } else if (
    !isSame(clusterFrom, clusterTo, series.clusterFrom, series.clusterTo) ||
    !isSame(replicaFrom, replicaTo, series.replicaFrom, series.replicaTo)
  ) {
    mixed = 1;
  }
}

function isSame(from: u32, to: u32, otherFrom: u32, otherTo: u32): bool {
  if (from == otherFrom && to == otherTo) return true;
  return to - from == otherTo - otherFrom && sameBytes(from, otherFrom, to - from);
}

function publishSum(): void {
  store<i32>(REQUEST, series0, 36);
  store<i32>(REQUEST, samples, 40);
  store<i32>(REQUEST, histograms, 44);
  store<i32>(REQUEST, exemplars, 48);
  store<i32>(REQUEST, metadata, 52);
  store<i32>(REQUEST, mixed, 56);
  store<i32>(REQUEST, series0 == 0 ? -1 : offset(clusterFrom), 60);
  store<i32>(REQUEST, series0 == 0 ? -1 : offset(clusterTo), 64);
  store<i32>(REQUEST, series0 == 0 ? -1 : offset(replicaFrom), 68);
  store<i32>(REQUEST, series0 == 0 ? -1 : offset(replicaTo), 72);
  store<f64>(TIMES, oldest);
  store<f64>(TIMES, newest, 8);
}
