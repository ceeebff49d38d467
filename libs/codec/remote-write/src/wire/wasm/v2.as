// Goes through an `io.prometheus.write.v2.Request`.
import * as cursor from './cursor';
import {
  CHECK_UTF8,
  DATA,
  fail,
  FINGERPRINTS,
  NONE,
  offset,
  PAIR,
  REPLICA,
  REQUEST,
  RUN,
  SERIES,
  SPAN,
  SYMBOL,
} from './memory';
import { ODD_EXEMPLAR, ODD_REFERENCES, REFERENCE, SYMBOL_ZERO } from './problem';
import * as series from './series';
import * as text from './text';

const REQUEST_SYMBOL: u32 = 0x22;
const REQUEST_SERIES: u32 = 0x2a;
const SERIES_REFS: u32 = 0x0a;
const SERIES_REF: u32 = 0x08;
const SERIES_SAMPLE: u32 = 0x12;
const SERIES_HISTOGRAM: u32 = 0x1a;
const SERIES_EXEMPLAR: u32 = 0x22;
const SERIES_METADATA: u32 = 0x2a;
const METADATA_TYPE: u32 = 0x08;
const METADATA_HELP: u32 = 0x18;
const METADATA_UNIT: u32 = 0x20;
/** There are fewer symbols than this: above is a role. */
const ROLE_SHIFT: u32 = 30;
const NAME_BITS: u32 = (1 << ROLE_SHIFT) - 1;
/** A label that is not. */
const FREE: u32 = 0xffff_ffff;
/** Slots of the largest table of labels, as a power of two. */
const MOST_SLOTS: u32 = 16;
/** How far from where it should be a pair is looked for. */
const PROBES: u32 = 8;

let purpose: i32 = 0;
let symbolsAt: u32 = 0;
/** The labels met, with their hashes: a table, its slots found by both symbols. What finds no room takes another's. */
let pairsAt: u32 = 0;
let lastPair: u32 = 0;
/** How many symbols there are. */
let known: u32 = 0;
/** Added to the address of a symbol's text: they may have been copied, because a rewrite would move them. */
let copied: u32 = 0;
/** References of the series stood on, name and value by turns. */
let refsAt: u32 = 0;
let refs: u32 = 0;
/** Its packed runs of references: usually one, but a writer may make several, and mix in references by themselves. */
let runsAt: u32 = 0;
let runs: u32 = 0;
/** Span of the name reference read last, whose value reference has yet to come. */
let nameFrom: u32 = 0;
let nameTo: u32 = 0;

/** Places the table of so many symbols, and the lists for so many references and runs of them; returns where they end. */
export function place(address: u64, symbols: u32, references: u32, mostRuns: u32): u64 {
  let free = address;
  symbolsAt = <u32>free;
  free += <u64>symbols * SYMBOL;
  pairsAt = <u32>free;
  // Few labels share a place in a table of twice to four times as many.
  const slots: u32 = 1 << min<u32>(MOST_SLOTS, 33 - clz<u32>(symbols | 1));
  lastPair = slots - 1;
  free += (<u64>slots + PROBES) * PAIR;
  runsAt = <u32>free;
  free += (<u64>mostRuns + 1) * RUN;
  refsAt = <u32>free;
  return free + (<u64>references + 2) * 4;
}

/** Collects the symbols, wherever in the request they are, and goes back to its beginning. */
export function begin(flags: i32, stop: u32, copy: u32): void {
  purpose = flags;
  known = 0;
  copied = copy;
  memory.fill(pairsAt, 0xff, (lastPair + 1 + PROBES) * PAIR);
  while (cursor.at < stop) {
    const tag = cursor.tag();
    if (tag != REQUEST_SYMBOL) {
      cursor.skip(tag, stop);
      continue;
    }
    const to = cursor.end(stop);
    if (flags & CHECK_UTF8) text.requireUtf8(cursor.at, to);
    addSymbol(cursor.at, to);
    cursor.moveTo(to);
  }
  cursor.finish(stop);
  cursor.moveTo(DATA);
  store<i32>(REQUEST, <i32>symbolsAt, 16);
  store<i32>(REQUEST, <i32>known, 20);
  store<i32>(REQUEST, <i32>refsAt, 24);
  if (known > 0 && load<u32>(symbolsAt) != load<u32>(symbolsAt, 4)) fail(SYMBOL_ZERO);
}

function addSymbol(from: u32, to: u32): void {
  const symbol = symbolsAt + known * SYMBOL;
  store<i32>(symbol, <i32>from);
  store<i32>(symbol, <i32>to, 4);
  store<i32>(symbol, text.roleOf(from, to), 8);
  known++;
}

/** Moves to the next series (1); 0 at the end. */
export function next(stop: u32): i32 {
  while (cursor.at < stop) {
    const from = cursor.at;
    const length: u32 = load<u8>(from, 1);
    if (load<u8>(from) == REQUEST_SERIES && length <= 0x7f && length + 2 <= stop - from) {
      cursor.moveTo(from + 2);
      readSeries(from, from + 2 + length);
      return 1;
    }
    const tag = cursor.tag();
    if (tag == REQUEST_SERIES) {
      readSeries(from, cursor.end(stop));
      return 1;
    }
    cursor.skip(tag, stop);
  }
  return 0;
}

/** Tells JavaScript of the references. */
export function publish(): void {
  store<i32>(SERIES, <i32>((refs - refsAt) / 4), 60);
}

function readSeries(from: u32, to: u32): void {
  series.reset(from, cursor.at, to);
  refs = refsAt;
  runs = runsAt;
  readPlainFields(to);
  while (cursor.at < to) readField(to);
  cursor.finish(to);
  if ((refs - refsAt) & 4) fail(ODD_REFERENCES, offset(from));
}

/** Reads the fields that all writers begin with, and up to the first thing that is otherwise: lengths of one byte. */
function readPlainFields(stop: u32): void {
  const tagAt = cursor.at;
  const from = tagAt + 2;
  const to = from + load<u8>(tagAt, 1);
  if (load<u8>(tagAt) != SERIES_REFS || load<u8>(tagAt, 1) > 0x7f || to > stop) return;
  addRun(tagAt + 1, from, to);
  const address = readPairs(from, to);
  if (address != to) {
    readRefs(address, to);
    return;
  }
  const next = series.readPlainSamples(to, stop);
  cursor.moveTo(next);
  // Metadata without anything, as of a sender that knows none.
  if (next + 2 > stop || load<u16>(next) != SERIES_METADATA) return;
  series.countMetadata();
  cursor.moveTo(next + 2);
}

function readField(stop: u32): void {
  const from = cursor.at;
  const tag = cursor.tag();
  if (tag == SERIES_REFS) readRun(stop);
  else if (tag == SERIES_SAMPLE) series.readSample(from, stop);
  else if (tag == SERIES_METADATA) {
    series.countMetadata();
    checkMetadata(cursor.end(stop));
  } else if (tag == SERIES_HISTOGRAM) series.readHistogram(from, stop);
  else if (tag == SERIES_EXEMPLAR) {
    series.countExemplar();
    checkExemplar(cursor.end(stop));
  } else if (tag == SERIES_REF) addRef(from, requireSymbol(cursor.uint32()), cursor.at);
  else cursor.skip(tag, stop);
}

/** Reads a packed run of references: those of one and two bytes in pairs, anything else one by one. */
function readRun(stop: u32): void {
  const lengthAt = cursor.at;
  const to = cursor.end(stop);
  const from = cursor.at;
  addRun(lengthAt, from, to);
  readRefs(((refs - refsAt) & 4) == 0 ? readPairs(from, to) : from, to);
}

function addRun(lengthAt: u32, from: u32, to: u32): void {
  store<i32>(runs, <i32>lengthAt);
  store<i32>(runs, <i32>from, 4);
  store<i32>(runs, <i32>to, 8);
  runs += RUN;
}

function readRefs(from: u32, to: u32): void {
  let address = from;
  while (address < to) {
    const refFrom = address;
    cursor.moveTo(refFrom);
    const ref = requireSymbol(cursor.uint32());
    address = cursor.at;
    addRef(refFrom, ref, address);
  }
  cursor.moveTo(address);
  cursor.finish(to);
}

/**
 * The hot loop of 2.0: references of one and two bytes, told apart by the top bits of up to 64 bytes at once, so that no
 * step waits for what another one has loaded. Returns where it had to stop.
 */
function readPairs(from: u32, to: u32): u32 {
  let address = from;
  let list = refs;
  let sum = i32x4.splat(0);
  while (address < to) {
    const stop: u32 = min<u32>(to, address + 64);
    let longs = topBits(address) & (<u64>-1 >> (64 - (stop - address)));
    // A reference of three bytes, or more.
    if ((longs & (longs >> 1)) != 0) break;
    const window = address;
    while (true) {
      const firstLong = <u32>longs & 1;
      longs = longs >> 1 >> firstLong;
      const secondLong = <u32>longs & 1;
      longs = longs >> 1 >> secondLong;
      const valueFrom = address + 1 + firstLong;
      const next = valueFrom + 1 + secondLong;
      if (next > stop) break;
      const name = short(load<u16>(address), firstLong);
      const value = short(load<u16>(valueFrom), secondLong);
      const both = <u64>name | (<u64>value << 32);
      let pair = slotOf(name, value);
      if (load<u64>(pair) != both) {
        if (name >= known || value >= known) break;
        nameFrom = address;
        nameTo = valueFrom;
        pair = settle(name, value, valueFrom, next);
      }
      sum = i32x4.add(sum, v128.load(pair));
      store<u64>(list, both);
      list += 8;
      address = next;
    }
    if (address == window) break;
  }
  series.addToFingerprint(i32x4.extract_lane(sum, 2), i32x4.extract_lane(sum, 3));
  refs = list;
  return address;
}

/** The top bits of the 64 bytes from an address on: behind a request there are zeros. */
function topBits(address: u32): u64 {
  const low = i8x16.bitmask(v128.load(address)) | (i8x16.bitmask(v128.load(address, 16)) << 16);
  const high = i8x16.bitmask(v128.load(address, 32)) | (i8x16.bitmask(v128.load(address, 48)) << 16);
  return <u64>(<u32>low) | (<u64>(<u32>high) << 32);
}

/** A varint of one byte, or of two if `isLong` is 1. */
function short(bytes: u32, isLong: u32): u32 {
  return (bytes & 0x7f) | ((bytes >> 1) & (0x3f80 * isLong));
}

/** Where a label is, if nothing else is there. */
function slotOf(name: u32, value: u32): u32 {
  return pairsAt + ((name * 0x9e37_79b1 + value) & lastPair) * PAIR;
}

/** Finds a label, or learns of it, and keeps what it says. What refers to its value is from `from` to `to`. */
function settle(name: u32, value: u32, from: u32, to: u32): u32 {
  const pair = findPair(name, value);
  const role = <i32>(load<u32>(pair) >> ROLE_SHIFT);
  if (role == NONE) return pair;
  const symbol = symbolsAt + value * SYMBOL;
  series.noteLabel(role, load<u32>(symbol), load<u32>(symbol, 4));
  if (role == REPLICA) {
    series.addSpan(nameFrom, nameTo);
    series.addSpan(from, to);
  }
  return pair;
}

function findPair(name: u32, value: u32): u32 {
  const first = slotOf(name, value);
  let pair = first;
  for (let i: u32 = 0; i < PROBES; i++) {
    const other = load<u32>(pair, 4);
    if (other == value && (load<u32>(pair) & NAME_BITS) == name) return pair;
    if (other == FREE) break;
    pair += PAIR;
  }
  if (load<u32>(pair, 4) != FREE) pair = first;
  learnPair(name, value, pair);
  return pair;
}

/** The replica label, and one of empty value, which is no label, add nothing to a fingerprint. */
function learnPair(name: u32, value: u32, pair: u32): void {
  const nameSymbol = symbolsAt + name * SYMBOL;
  const valueSymbol = symbolsAt + value * SYMBOL;
  const role = load<i32>(nameSymbol, 8);
  const valueFrom = load<u32>(valueSymbol) + copied;
  const valueTo = load<u32>(valueSymbol, 4) + copied;
  store<u32>(pair, name | (<u32>role << ROLE_SHIFT));
  store<u32>(pair, value, 4);
  store<u64>(pair, 0, 8);
  if ((purpose & FINGERPRINTS) == 0 || valueFrom == valueTo || role == REPLICA) return;
  text.hash(load<u32>(nameSymbol) + copied, load<u32>(nameSymbol, 4) + copied, valueFrom, valueTo);
  store<u32>(pair, text.hashHigh, 8);
  store<u32>(pair, text.hashLow, 12);
}

/** Adds a reference that is not one of a plain run: to a name and to a value by turns. */
function addRef(from: u32, ref: u32, to: u32): void {
  const index = refs - refsAt;
  store<u32>(refs, ref);
  refs += 4;
  if ((index & 4) == 0) {
    nameFrom = from;
    nameTo = to;
    return;
  }
  const pair = settle(load<u32>(refs - 8), ref, from, to);
  series.addToFingerprint(load<u32>(pair, 8), load<u32>(pair, 12));
}

/** Checks a reference from a message to the symbols. */
function requireSymbol(ref: u32): u32 {
  if (ref >= known) fail(REFERENCE, <i32>ref, <i32>known);
  return ref;
}

function checkExemplar(to: u32): void {
  let count = 0;
  while (cursor.at < to) {
    const tag = cursor.tag();
    // The same fields as in a series.
    if (tag == SERIES_REFS) {
      const stop = cursor.end(to);
      for (; cursor.at < stop; count++) requireSymbol(cursor.uint32());
      cursor.finish(stop);
    } else if (tag == SERIES_REF) {
      count++;
      requireSymbol(cursor.uint32());
    } else cursor.skip(tag, to);
  }
  cursor.finish(to);
  if (count & 1) fail(ODD_EXEMPLAR, offset(to));
}

function checkMetadata(to: u32): void {
  const from = cursor.at;
  // Nothing but a type, as most.
  if (to - from == 2 && (load<u16>(from) & 0x80ff) == METADATA_TYPE) {
    series.noteType(from + 1);
    cursor.moveTo(to);
    return;
  }
  while (cursor.at < to) {
    const tag = cursor.tag();
    if (tag == METADATA_HELP || tag == METADATA_UNIT) requireSymbol(cursor.uint32());
    else {
      // Of several messages of metadata, which are one to protobuf, the last type holds.
      if (tag == METADATA_TYPE) series.noteType(cursor.at);
      cursor.skip(tag, to);
    }
  }
  cursor.finish(to);
}

/** Whether all references are in one run whose length is at this address, in one byte. */
export function hasOneRun(lengthAt: u32): bool {
  return runs == runsAt + RUN && load<u32>(runsAt) == lengthAt && load<u32>(runsAt, 4) == lengthAt + 1;
}

/**
 * Turns the spans of the replica label into cuts: where a span is in a packed run, the run's length is written anew (over
 * the old one), and what that leaves of the old length is cut too. Returns where the cuts end.
 */
export function cutReplica(cuts: u32): u32 {
  let span = series.firstSpan();
  let cut = cuts;
  for (let run = runsAt; run < runs; run += RUN) {
    const lengthAt = load<u32>(run);
    const from = load<u32>(run, 4);
    const to = load<u32>(run, 8);
    while (span < series.spans && load<u32>(span) < from) {
      cut = addCut(cut, load<u32>(span), load<u32>(span, 4));
      span += SPAN;
    }
    let removed: u32 = 0;
    for (let each = span; each < series.spans && load<u32>(each) < to; each += SPAN) {
      removed += load<u32>(each, 4) - load<u32>(each);
    }
    if (removed > 0) {
      const lengthTo = writeVarint(lengthAt, to - from - removed);
      if (lengthTo != from) cut = addCut(cut, lengthTo, from);
    }
    while (span < series.spans && load<u32>(span) < to) {
      cut = addCut(cut, load<u32>(span), load<u32>(span, 4));
      span += SPAN;
    }
  }
  for (; span < series.spans; span += SPAN) cut = addCut(cut, load<u32>(span), load<u32>(span, 4));
  return cut;
}

export function addCut(cut: u32, from: u32, to: u32): u32 {
  store<i32>(cut, <i32>from);
  store<i32>(cut, <i32>to, 4);
  return cut + SPAN;
}

/** Writes a varint of at most 32 bits; returns where it ends. */
export function writeVarint(address: u32, value: u32): u32 {
  let to = address;
  let rest = value;
  for (; rest > 0x7f; rest >>= 7) store<u8>(to++, (rest & 0x7f) | 0x80);
  store<u8>(to, rest);
  return to + 1;
}
