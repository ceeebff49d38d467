// Goes through a `prometheus.WriteRequest`.
import * as cursor from './cursor';
import { BEFORE, CHECK_UTF8, FINGERPRINTS, LABEL, MAX_BEFORE, NONE, REPLICA, REQUEST, sameBytes, SERIES } from './memory';
import * as series from './series';
import * as text from './text';

const REQUEST_SERIES: u32 = 0x0a;
const REQUEST_METADATA: u32 = 0x1a;
const SERIES_LABEL: u32 = 0x0a;
const SERIES_SAMPLE: u32 = 0x12;
const SERIES_EXEMPLAR: u32 = 0x1a;
const SERIES_HISTOGRAM: u32 = 0x22;
const LABEL_NAME: u32 = 0x0a;
const LABEL_VALUE: u32 = 0x12;

let purpose: i32 = 0;
/** Labels of the series stood on, and of the one before. */
let labelsAt: u32 = 0;
let labels: u32 = 0;
let otherLabelsAt: u32 = 0;
/** Where the labels begin, and up to where they lie side by side. */
let labelsFrom: u32 = 0;
let labelsTo: u32 = 0;
/** Of the series before: the end of its list of plain labels, and where they were; their bytes are at BEFORE. */
let before: u32 = 0;
let beforeFrom: u32 = 0;

/** Places the lists for so many labels; returns where they end. */
export function place(address: u64, most: u32): u64 {
  const size = (<u64>most + 1) * LABEL;
  labelsAt = <u32>address;
  otherLabelsAt = <u32>(address + size);
  return address + 2 * size;
}

export function begin(flags: i32): void {
  purpose = flags;
  before = labels = labelsAt;
}

/** Moves to the next series (1) or record of metadata (2); 0 at the end. */
export function next(stop: u32): i32 {
  while (cursor.at < stop) {
    const from = cursor.at;
    const tag = cursor.tag();
    if (tag == REQUEST_SERIES) {
      readSeries(from, cursor.end(stop));
      return 1;
    }
    cursor.skip(tag, stop);
    if (tag == REQUEST_METADATA) {
      series.reset(from, from, cursor.at);
      return 2;
    }
  }
  cursor.finish(stop);
  return 0;
}

/** Tells JavaScript of the labels. */
export function publish(): void {
  store<i32>(SERIES, <i32>((labels - labelsAt) / LABEL), 60);
  store<i32>(REQUEST, <i32>labelsAt, 24);
}

function readSeries(from: u32, to: u32): void {
  series.reset(from, cursor.at, to);
  const swap = otherLabelsAt;
  otherLabelsAt = labelsAt;
  labelsAt = swap;
  labels = labelsAt;
  labelsFrom = labelsTo = cursor.at;
  readPlainLabels(to);
  const plain = labels;
  cursor.moveTo(series.readPlainSamples(cursor.at, to));
  while (cursor.at < to) readField(to);
  cursor.finish(to);
  if (purpose & CHECK_UTF8) requireUtf8();
  remember(plain);
}

/** Keeps the plain labels as bytes: a rewrite may write over them before the next series is read. */
function remember(plain: u32): void {
  const length: u32 = plain == labelsAt ? 0 : load<u32>(plain - LABEL, 12) - labelsFrom;
  if (length > MAX_BEFORE) {
    before = labelsAt;
    return;
  }
  for (let i: u32 = 0; i < length; i += 16) v128.store(BEFORE + i, v128.load(labelsFrom + i));
  before = plain;
  beforeFrom = labelsFrom;
}

/**
 * Reads the labels at the beginning of a series as all writers lay them out: name, then value, lengths of one byte.
 * Stops at the first thing that is otherwise. Most are those of the series before.
 */
function readPlainLabels(stop: u32): void {
  let from = cursor.at;
  let known = otherLabelsAt;
  const knownTo = before;
  while (load<u8>(from) == SERIES_LABEL) {
    if (known < knownTo) {
      let taken = takeKnown(known, from, stop);
      // One label may have gone.
      if (taken == known && known + LABEL < knownTo) taken = takeKnown(known + LABEL, from, stop);
      if (labelsTo != from) {
        known = taken;
        from = labelsTo;
        continue;
      }
    }
    const length: u32 = load<u8>(from, 1);
    const nameFrom = from + 4;
    const nameTo = nameFrom + load<u8>(from, 3);
    const valueFrom = nameTo + 2;
    const valueTo = valueFrom + load<u8>(nameTo, 1);
    // With the length below 128, and all parts within it, so are their lengths.
    if (length > 0x7f || valueTo != from + 2 + length || valueTo > stop) break;
    if (load<u8>(from, 2) != LABEL_NAME || load<u8>(nameTo) != LABEL_VALUE) break;
    if (known < knownTo && hasNameOf(known, nameFrom, nameTo)) known += LABEL;
    labelsTo = valueTo;
    addLabel(from, nameFrom, nameTo, valueFrom, valueTo);
    from = valueTo;
  }
  cursor.moveTo(from);
  labelsTo = from;
}

/**
 * Takes labels of the series before, from one of them on, as long as the bytes from `from` on are those of them: these lie
 * side by side. Returns the first that was not taken; `labelsTo` is where the last one taken ends.
 */
function takeKnown(known: u32, from: u32, stop: u32): u32 {
  const knownTo = before;
  const knownFrom = load<u32>(known, 28);
  const most = min<u32>(load<u32>(knownTo - LABEL, 12) - knownFrom, stop - from);
  const sameTo = knownFrom + sameLength(from, BEFORE + (knownFrom - beforeFrom), most);
  const moved = i32x4.splat(<i32>(from - knownFrom));
  const movedFrom = i32x4.replace_lane(i32x4.splat(0), 3, <i32>(from - knownFrom));
  let sum = i32x4.splat(0);
  let taken = known;
  let label = labels;
  while (taken < knownTo && load<u32>(taken, 12) <= sameTo) {
    const rest = v128.load(taken, 16);
    v128.store(label, i32x4.add(v128.load(taken), moved));
    v128.store(label, i32x4.add(rest, movedFrom), 16);
    sum = i32x4.add(sum, rest);
    if (i32x4.extract_lane(rest, 0) != NONE) noteRole(label, load<u32>(label, 12));
    taken += LABEL;
    label += LABEL;
  }
  series.addToFingerprint(i32x4.extract_lane(sum, 1), i32x4.extract_lane(sum, 2));
  if (label != labels) labelsTo = load<u32>(label - LABEL, 12);
  labels = label;
  return taken;
}

/** How many bytes are the same, of at most so many. */
function sameLength(a: u32, b: u32, most: u32): u32 {
  for (let i: u32 = 0; i < most; i += 16) {
    const same = i8x16.bitmask(i8x16.eq(v128.load(a + i), v128.load(b + i)));
    if (same != 0xffff) return min<u32>(most, i + ctz<u32>(~same));
  }
  return most;
}

function hasNameOf(known: u32, nameFrom: u32, nameTo: u32): bool {
  const knownFrom = load<u32>(known);
  const length = load<u32>(known, 4) - knownFrom;
  return nameTo - nameFrom == length && sameBytes(nameFrom, BEFORE + (knownFrom - beforeFrom), length);
}

/** Adds the label whose field ends at `labelsTo`, or where the cursor is. */
function addLabel(from: u32, nameFrom: u32, nameTo: u32, valueFrom: u32, valueTo: u32): void {
  const role = text.roleOf(nameFrom, nameTo);
  const label = labels;
  store<i32>(label, <i32>nameFrom);
  store<i32>(label, <i32>nameTo, 4);
  store<i32>(label, <i32>valueFrom, 8);
  store<i32>(label, <i32>valueTo, 12);
  store<i32>(label, role, 16);
  store<i32>(label, 0, 20);
  store<i32>(label, 0, 24);
  store<i32>(label, <i32>from, 28);
  labels = label + LABEL;
  if ((purpose & FINGERPRINTS) && valueFrom != valueTo && role != REPLICA) {
    text.hash(nameFrom, nameTo, valueFrom, valueTo);
    store<u32>(label, text.hashHigh, 20);
    store<u32>(label, text.hashLow, 24);
    series.addToFingerprint(text.hashHigh, text.hashLow);
  }
  if (role != NONE) noteRole(label, cursor.at > from ? cursor.at : labelsTo);
}

/** Keeps what a label, whose field ends at `to`, says about the series. */
function noteRole(label: u32, to: u32): void {
  const role = load<i32>(label, 16);
  series.noteLabel(role, load<u32>(label, 8), load<u32>(label, 12));
  if (role == REPLICA) series.addSpan(load<u32>(label, 28), to);
}

function readField(stop: u32): void {
  const from = cursor.at;
  const tag = cursor.tag();
  if (tag == SERIES_SAMPLE) series.readSample(from, stop);
  else if (tag == SERIES_LABEL) readLabelField(from, cursor.end(stop));
  else if (tag == SERIES_HISTOGRAM) series.readHistogram(from, stop);
  else if (tag == SERIES_EXEMPLAR) {
    series.countExemplar();
    passMessage(cursor.end(stop));
  } else cursor.skip(tag, stop);
}

function readLabelField(from: u32, to: u32): void {
  let nameFrom = to;
  let nameTo = to;
  let valueFrom = to;
  let valueTo = to;
  while (cursor.at < to) {
    const tag = cursor.tag();
    if (tag == LABEL_NAME) {
      nameTo = cursor.end(to);
      nameFrom = cursor.at;
      cursor.moveTo(nameTo);
    } else if (tag == LABEL_VALUE) {
      valueTo = cursor.end(to);
      valueFrom = cursor.at;
      cursor.moveTo(valueTo);
    } else cursor.skip(tag, to);
  }
  cursor.finish(to);
  if (from == labelsTo) labelsTo = to;
  addLabel(from, nameFrom, nameTo, valueFrom, valueTo);
}

function passMessage(to: u32): void {
  while (cursor.at < to) cursor.skip(cursor.tag(), to);
  cursor.finish(to);
}

/**
 * Labels usually lie side by side, and the tags and lengths between short texts are ASCII too: then one pass over all of
 * it will do.
 */
function requireUtf8(): void {
  if (labels > labelsAt && load<u32>(labels - LABEL, 12) <= labelsTo && text.isAscii(labelsFrom, labelsTo)) return;
  for (let label = labelsAt; label < labels; label += LABEL) {
    text.requireUtf8(load<u32>(label), load<u32>(label, 4));
    text.requireUtf8(load<u32>(label, 8), load<u32>(label, 12));
  }
}
