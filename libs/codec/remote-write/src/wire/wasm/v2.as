// Goes through an `io.prometheus.write.v2.Request`.
import * as cursor from './cursor';
import { CHECK_UTF8, DATA, fail, FINGERPRINTS, NONE, offset, REPLICA, REQUEST, RUN, SERIES, SPAN, SYMBOL } from './memory';
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

let purpose: i32 = 0;
let symbolsAt: u32 = 0;
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

/** Places the table of so many symbols, and the lists for series of at most so many bytes; returns where they end. */
export function place(address: u32, symbols: u32, longest: u32): u32 {
  symbolsAt = address;
  refsAt = symbolsAt + symbols * SYMBOL;
  runsAt = refsAt + (longest + 1) * 4;
  return runsAt + (longest / 2 + 1) * RUN;
}

/** Collects the symbols, wherever in the request they are, and goes back to its beginning. */
export function begin(flags: i32, stop: u32, copy: u32): void {
  purpose = flags;
  known = 0;
  copied = copy;
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
  store<i32>(symbol, 0, 12);
  known++;
}

/** Moves to the next series (1); 0 at the end. */
export function next(stop: u32): i32 {
  while (cursor.at < stop) {
    const from = cursor.at;
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
  while (cursor.at < to) readField(to);
  cursor.finish(to);
  if ((refs - refsAt) & 4) fail(ODD_REFERENCES, offset(from));
  if (purpose & FINGERPRINTS) fingerprint();
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
  store<i32>(runs, <i32>lengthAt);
  store<i32>(runs, <i32>from, 4);
  store<i32>(runs, <i32>to, 8);
  runs += RUN;
  let address = ((refs - refsAt) & 4) == 0 ? readPairs(from, to) : from;
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

/** The hot loop of 2.0: without a branch that depends on how long a reference is. Returns where it had to stop. */
function readPairs(from: u32, to: u32): u32 {
  const symbols = symbolsAt;
  const count = known;
  let list = refs;
  let address = from;
  // Both are within the run, whatever their lengths.
  while (address + 4 <= to) {
    const first: u32 = load<u16>(address);
    const firstLong = (first >> 7) & 1;
    const valueFrom = address + 1 + firstLong;
    const second: u32 = load<u16>(valueFrom);
    const secondLong = (second >> 7) & 1;
    const name = (first & 0x7f) | ((first >> 1) & (0x3f80 * firstLong));
    const value = (second & 0x7f) | ((second >> 1) & (0x3f80 * secondLong));
    const more = ((first >> 15) & firstLong) | ((second >> 15) & secondLong);
    if (more != 0 || name >= count || value >= count) break;
    const valueTo = valueFrom + 1 + secondLong;
    store<u32>(list, name);
    store<u32>(list, value, 4);
    list += 8;
    const role = load<i32>(symbols + name * SYMBOL, 8);
    if (role != NONE) noteRole(role, address, valueFrom, valueTo, symbols + value * SYMBOL);
    address = valueTo;
  }
  refs = list;
  return address;
}

function addRef(from: u32, ref: u32, to: u32): void {
  const index = refs - refsAt;
  store<u32>(refs, ref);
  refs += 4;
  if ((index & 4) == 0) {
    nameFrom = from;
    nameTo = to;
    return;
  }
  const role = load<i32>(symbolsAt + load<u32>(refs - 8) * SYMBOL, 8);
  if (role == NONE) return;
  series.noteLabel(role, load<u32>(symbolsAt + ref * SYMBOL), load<u32>(symbolsAt + ref * SYMBOL, 4));
  if (role == REPLICA) {
    series.addSpan(nameFrom, nameTo);
    series.addSpan(from, to);
  }
}

/** Keeps what a label says whose reference to the name, and behind it that to the value, begin at `from`. */
function noteRole(role: i32, from: u32, valueFrom: u32, valueTo: u32, value: u32): void {
  series.noteLabel(role, load<u32>(value), load<u32>(value, 4));
  if (role != REPLICA) return;
  series.addSpan(from, valueFrom);
  series.addSpan(valueFrom, valueTo);
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

/** Most values go with one name only: the hash of the label is kept with the value. */
function fingerprint(): void {
  let high: u32 = 0;
  let low: u32 = 0;
  for (let ref = refsAt; ref < refs; ref += 8) {
    const name = load<u32>(ref);
    const value = symbolsAt + load<u32>(ref, 4) * SYMBOL;
    // 0 stands for no name yet: symbol 0 is the empty text, which is the name of no label.
    if (load<u32>(value, 12) != name || name == 0) hashLabel(symbolsAt + name * SYMBOL, name, value);
    high += load<u32>(value, 16);
    low += load<u32>(value, 20);
  }
  series.addToFingerprint(high, low);
}

/** The replica label, and one of empty value, which is no label, add nothing. */
function hashLabel(nameSymbol: u32, name: u32, value: u32): void {
  const valueFrom = load<u32>(value) + copied;
  const valueTo = load<u32>(value, 4) + copied;
  store<u32>(value, name, 12);
  if (valueFrom == valueTo || load<i32>(nameSymbol, 8) == REPLICA) {
    store<u64>(value, 0, 16);
    return;
  }
  text.hash(load<u32>(nameSymbol) + copied, load<u32>(nameSymbol, 4) + copied, valueFrom, valueTo);
  store<u32>(value, text.hashHigh, 16);
  store<u32>(value, text.hashLow, 20);
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
