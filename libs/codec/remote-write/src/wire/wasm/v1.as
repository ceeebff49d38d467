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

/** Places the lists for series of at most so many bytes; returns where they end. */
export function place(address: u32, longest: u32): u32 {
  const size = (longest / 2 + 1) * LABEL;
  labelsAt = address;
  otherLabelsAt = address + size;
  return otherLabelsAt + size;
}

export function begin(flags: i32): void {
  purpose = flags;
  before = labelsAt;
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
      if (takeKnown(known, from, stop)) {
        known += LABEL;
        from = labelsTo;
        continue;
      }
      if (known + LABEL < knownTo && takeKnown(known + LABEL, from, stop)) {
        known += 2 * LABEL;
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

/** Takes a label of the series before, if the bytes from `from` on are those of it. */
function takeKnown(known: u32, from: u32, stop: u32): bool {
  const knownFrom = load<u32>(known, 28);
  const size = load<u32>(known, 12) - knownFrom;
  if (size > stop - from || !sameBytes(from, BEFORE + (knownFrom - beforeFrom), size)) return false;
  const moved = from - knownFrom;
  const label = labels;
  v128.store(label, i32x4.add(v128.load(known), i32x4.splat(<i32>moved)));
  v128.store(label, i32x4.replace_lane(v128.load(known, 16), 3, <i32>from), 16);
  labels = label + LABEL;
  labelsTo = from + size;
  const role = load<i32>(label, 16);
  if (role != NONE) noteRole(role, from);
  series.addToFingerprint(load<u32>(label, 20), load<u32>(label, 24));
  return true;
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
  if (role != NONE) noteRole(role, from);
}

/** Keeps what the plain label read last, or the one that ends where the cursor is, says about the series. */
function noteRole(role: i32, from: u32): void {
  const label = labels - LABEL;
  series.noteLabel(role, load<u32>(label, 8), load<u32>(label, 12));
  if (role == REPLICA) series.addSpan(from, cursor.at > from ? cursor.at : labelsTo);
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
