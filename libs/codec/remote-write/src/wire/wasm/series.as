// What is known of the series stood on. Addresses are 0 where there is nothing.
import * as cursor from './cursor';
import { CLUSTER, FLOAT, ITEM, LISTED, METRIC_NAME, NATIVE, offset, REPLICA, SERIES, SPAN } from './memory';

export const SAMPLE_VALUE: u32 = 0x09;
export const SAMPLE_TIMESTAMP: u32 = 0x10;
const HISTOGRAM_TIMESTAMP: u32 = 0x78;

/** Where the lists of items and of the spans that make up the replica label begin. */
let itemsAt: u32 = 0;
let spansAt: u32 = 0;

export let from: u32 = 0;
export let bodyFrom: u32 = 0;
export let to: u32 = 0;
export let clusterFrom: u32 = 0;
export let clusterTo: u32 = 0;
export let replicaFrom: u32 = 0;
export let replicaTo: u32 = 0;
export let metricFrom: u32 = 0;
export let metricTo: u32 = 0;
export let typeAt: u32 = 0;
export let exemplars: i32 = 0;
export let metadata: i32 = 0;
export let high: u32 = 0;
export let low: u32 = 0;
/** Ends of the lists. */
export let items: u32 = 0;
export let spans: u32 = 0;

/** Places the lists for so many items and spans; returns where they end. */
export function place(address: u64, mostItems: u32, mostSpans: u32): u64 {
  itemsAt = <u32>address;
  const end = address + (<u64>mostItems + 1) * ITEM;
  spansAt = <u32>end;
  return end + (<u64>mostSpans + 2) * SPAN;
}

export function reset(fieldFrom: u32, messageFrom: u32, messageTo: u32): void {
  from = fieldFrom;
  bodyFrom = messageFrom;
  to = messageTo;
  clusterFrom = clusterTo = replicaFrom = replicaTo = metricFrom = metricTo = typeAt = 0;
  exemplars = metadata = 0;
  high = low = 0;
  items = itemsAt;
  spans = spansAt;
}

export function firstItem(): u32 {
  return itemsAt;
}

export function firstSpan(): u32 {
  return spansAt;
}

export function countExemplar(): void {
  exemplars++;
}

export function countMetadata(): void {
  metadata++;
}

export function noteType(address: u32): void {
  typeAt = address;
}

export function addToFingerprint(moreHigh: u32, moreLow: u32): void {
  high += moreHigh;
  low += moreLow;
}

export function addSpan(spanFrom: u32, spanTo: u32): void {
  store<i32>(spans, <i32>spanFrom);
  store<i32>(spans, <i32>spanTo, 4);
  spans += SPAN;
}

/** Keeps the value of a label that matters. */
export function noteLabel(role: i32, valueFrom: u32, valueTo: u32): void {
  if (role == CLUSTER) {
    clusterFrom = valueFrom;
    clusterTo = valueTo;
  } else if (role == REPLICA) {
    replicaFrom = valueFrom;
    replicaTo = valueTo;
  } else if (role == METRIC_NAME) {
    metricFrom = valueFrom;
    metricTo = valueTo;
  }
}

/** Bytes of a sample's field as all writers lay it out, with a time of these decades. */
const PLAIN_SAMPLE: u32 = 18;

/** Reads the float samples from an address on that are laid out as by all writers; returns where the first other thing is. */
export function readPlainSamples(from: u32, stop: u32): u32 {
  let address = from;
  // Tag and length of the field, tag of the value: both protocols have the same.
  while (address + PLAIN_SAMPLE <= stop && (load<u32>(address) & 0xff_ffff) == 0x09_1012) {
    const time = load<u64>(address, 12);
    if (load<u8>(address, 11) != SAMPLE_TIMESTAMP || !cursor.isOfSixBytes(time)) break;
    addItem(FLOAT, address, address + PLAIN_SAMPLE, address + 3, cursor.sixBytes(time));
    address += PLAIN_SAMPLE;
  }
  return address;
}

/** Reads a float sample, whose field began at `fieldFrom`; the cursor is at its length. */
export function readSample(fieldFrom: u32, stop: u32): void {
  const sampleTo = cursor.end(stop);
  const start = cursor.at;
  const valueAt = start + 1;
  if (load<u8>(start) == SAMPLE_VALUE && load<u8>(valueAt + 8) == SAMPLE_TIMESTAMP) {
    cursor.moveTo(valueAt + 9);
    const time = cursor.int64();
    if (cursor.at == sampleTo) {
      addItem(FLOAT, fieldFrom, sampleTo, valueAt, time);
      return;
    }
    cursor.moveTo(start);
  }
  readOddSample(fieldFrom, sampleTo);
}

/** A sample in another order, with fields left out, or with more. */
function readOddSample(fieldFrom: u32, sampleTo: u32): void {
  let valueAt: u32 = 0;
  let time: f64 = 0;
  while (cursor.at < sampleTo) {
    const tag = cursor.tag();
    if (tag == SAMPLE_VALUE) {
      valueAt = cursor.at;
      cursor.moveTo(cursor.at + 8);
    } else if (tag == SAMPLE_TIMESTAMP) time = cursor.int64();
    else cursor.skip(tag, sampleTo);
  }
  cursor.finish(sampleTo);
  addItem(FLOAT, fieldFrom, sampleTo, valueAt, time);
}

/** Reads a native histogram, whose field began at `fieldFrom`; the cursor is at its length. */
export function readHistogram(fieldFrom: u32, stop: u32): void {
  const histogramTo = cursor.end(stop);
  let time: f64 = 0;
  while (cursor.at < histogramTo) {
    const tag = cursor.tag();
    if (tag == HISTOGRAM_TIMESTAMP) time = cursor.int64();
    else cursor.skip(tag, histogramTo);
  }
  cursor.finish(histogramTo);
  addItem(NATIVE, fieldFrom, histogramTo, 0, time);
}

function addItem(kind: i32, itemFrom: u32, itemTo: u32, valueAt: u32, time: f64): void {
  const item = items;
  store<i32>(item, kind);
  store<i32>(item, offset(itemFrom), 4);
  store<i32>(item, offset(itemTo), 8);
  store<i32>(item, offset(valueAt), 12);
  store<f64>(item, time, 16);
  store<i32>(item, 0, 24);
  items = item + ITEM;
}

/** Lists the items for a tracker, from an address on; returns where the list ends. */
export function list(address: u32): u32 {
  let to = address;
  for (let item = itemsAt; item < items; item += ITEM) {
    store<u32>(to, high);
    store<u32>(to, low, 4);
    store<f64>(to, load<f64>(item, 16), 8);
    to += LISTED;
  }
  return to;
}

/** Tells JavaScript. */
export function publish(): void {
  store<i32>(SERIES, offset(from));
  store<i32>(SERIES, offset(bodyFrom), 4);
  store<i32>(SERIES, offset(to), 8);
  store<i32>(SERIES, offset(clusterFrom), 12);
  store<i32>(SERIES, offset(clusterTo), 16);
  store<i32>(SERIES, offset(replicaFrom), 20);
  store<i32>(SERIES, offset(replicaTo), 24);
  store<i32>(SERIES, offset(metricFrom), 28);
  store<i32>(SERIES, offset(metricTo), 32);
  store<i32>(SERIES, offset(typeAt), 36);
  store<i32>(SERIES, exemplars, 40);
  store<i32>(SERIES, metadata, 44);
  store<i32>(SERIES, high, 48);
  store<i32>(SERIES, low, 52);
  store<i32>(SERIES, <i32>((items - itemsAt) / ITEM), 56);
}
