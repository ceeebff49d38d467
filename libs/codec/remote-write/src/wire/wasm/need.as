// How much a request needs: what its lists must have room for. What is said here is never less than what the walk will
// list before it comes to its end or to a problem.
import * as cursor from './cursor';
import { DATA, SLACK } from './memory';

const SERIES_V1: u32 = 0x0a;
const SERIES_V2: u32 = 0x2a;
const SYMBOL_V2: u32 = 0x22;
const V1_LABEL: u32 = 0x0a;
const V1_SAMPLE: u32 = 0x12;
const V1_HISTOGRAM: u32 = 0x22;
const V2_REFS: u32 = 0x0a;
const V2_REF: u32 = 0x08;
const V2_SAMPLE: u32 = 0x12;
const V2_HISTOGRAM: u32 = 0x1a;

/** Of all series, the most samples and histograms that one has; the most labels (1.0), references and runs of them (2.0). */
export let items: u32 = 0;
export let labels: u32 = 0;
export let references: u32 = 0;
export let runs: u32 = 0;
/** 2.0: symbols, and whether there are some behind a series. */
export let symbols: u32 = 0;
export let isLate: bool = false;

/** Estimates it from the outermost fields, as far as they are laid out as by all writers. */
export function estimate(protocol: i32, length: i32): void {
  const longest = look(protocol, length);
  items = labels = runs = longest / 2 + 1;
  references = longest + 1;
}

/** Returns how long the longest series is. */
function look(protocol: i32, length: i32): u32 {
  const to = DATA + length;
  const seriesTag = protocol == 2 ? SERIES_V2 : SERIES_V1;
  let longest: u32 = 0;
  symbols = 0;
  isLate = false;
  for (let i: u32 = 0; i < SLACK; i += 16) v128.store(to + i, i64x2.splat(0));
  let address = DATA;
  let seen = false;
  while (address < to) {
    const tag: u32 = load<u8>(address++);
    if ((tag & 7) != 2 || tag >= 0x80) return expectMost(protocol, length);
    let size: u32 = load<u8>(address++);
    if (size >= 0x80) {
      size = (size & 0x7f) | (<u32>load<u8>(address++) << 7);
      if (size >= 0x4000) {
        size = (size & 0x3fff) | (<u32>load<u8>(address++) << 14);
        if (size >= 0x200000) return expectMost(protocol, length);
      }
    }
    if (address > to || size > <u32>(to - address)) return expectMost(protocol, length);
    if (tag == seriesTag) {
      seen = true;
      if (size > longest) longest = size;
    } else if (protocol == 2 && tag == SYMBOL_V2) {
      symbols++;
      isLate = isLate || seen;
    }
    address += size;
  }
  return longest;
}

/** What is laid out otherwise may be anything. */
function expectMost(protocol: i32, length: i32): u32 {
  symbols = protocol == 2 ? <u32>length / 2 : 0;
  isLate = protocol == 2;
  return length;
}

/**
 * Counts it. Stops, with a trap, where the walk will stop at the latest: a problem that is met here is one that it comes to,
 * unless it comes to another one before.
 */
export function count(protocol: i32, length: i32): void {
  const stop = DATA + length;
  let seen = false;
  items = labels = references = runs = symbols = 0;
  isLate = false;
  cursor.moveTo(DATA);
  while (cursor.at < stop) {
    const tag = cursor.tag();
    if (tag == (protocol == 2 ? SERIES_V2 : SERIES_V1)) {
      seen = true;
      if (protocol == 2) countV2(cursor.end(stop));
      else countV1(cursor.end(stop));
      continue;
    }
    if (protocol == 2 && tag == SYMBOL_V2) {
      symbols++;
      isLate = isLate || seen;
    }
    cursor.skip(tag, stop);
  }
}

function countV1(to: u32): void {
  let itemsHere: u32 = 0;
  let labelsHere: u32 = 0;
  while (cursor.at < to) {
    const tag = cursor.tag();
    if (tag == V1_LABEL) labelsHere++;
    else if (tag == V1_SAMPLE || tag == V1_HISTOGRAM) itemsHere++;
    items = max(items, itemsHere);
    labels = max(labels, labelsHere);
    cursor.skip(tag, to);
  }
  cursor.finish(to);
}

function countV2(to: u32): void {
  let itemsHere: u32 = 0;
  let runsHere: u32 = 0;
  let referencesHere: u32 = 0;
  while (cursor.at < to) {
    const tag = cursor.tag();
    if (tag == V2_REF) referencesHere++;
    else if (tag == V2_SAMPLE || tag == V2_HISTOGRAM) itemsHere++;
    const from = cursor.at;
    cursor.skip(tag, to);
    if (tag == V2_REFS) {
      runsHere++;
      // Each has a byte at least.
      referencesHere += cursor.at - from;
    }
    items = max(items, itemsHere);
    runs = max(runs, runsHere);
    references = max(references, referencesHere);
  }
  cursor.finish(to);
}
