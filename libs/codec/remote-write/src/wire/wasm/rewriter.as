// Moves what is kept of a request to its front. Everything before `read` was moved or left out; what is written never
// overtakes what is read, because nothing written here is longer than what it stands for.
import { DATA, ITEM, moveDown, ONLY_KEPT, SPAN } from './memory';
import * as series from './series';
import * as v2 from './v2';

const SERIES_V1: u32 = 0x0a;
const SERIES_V2: u32 = 0x2a;

let isV2: bool = false;
let onlyKept: bool = false;
let cutsAt: u32 = 0;
let read: u32 = 0;
let written: u32 = 0;
/** Whether anything was left out, and how many series were kept. */
export let changed: i32 = 0;
export let keptSeries: i32 = 0;

/** Places the list of so many cuts; returns where it ends. */
export function place(address: u64, cuts: u64): u64 {
  cutsAt = <u32>address;
  return address + (cuts + 2) * SPAN;
}

export function begin(protocol: i32, flags: i32): void {
  isV2 = protocol == 2;
  onlyKept = (flags & ONLY_KEPT) != 0;
  read = written = DATA;
  changed = keptSeries = 0;
}

/** Writes the series stood on, without its replica label and the items that are marked as dropped. */
export function write(dropped: i32): void {
  const items = <i32>((series.items - series.firstItem()) / ITEM);
  const kept = items - dropped;
  const isEmpty = kept + series.exemplars == 0 && (items > 0 || series.metadata == 0);
  if (isEmpty || (onlyKept && kept == 0)) {
    changed = 1;
    keepTo(series.from);
    read = series.to;
    return;
  }
  keptSeries++;
  if (series.spans == series.firstSpan() && dropped == 0) return;
  if (isV2 && dropped == 0 && writePlain()) return;
  const labelCuts = cutReplica();
  const cuts = dropped == 0 ? labelCuts : cutItems(labelCuts);
  let removed: u32 = 0;
  for (let cut = cutsAt; cut < cuts; cut += SPAN) removed += load<u32>(cut, 4) - load<u32>(cut);
  changed = 1;
  keepTo(series.from);
  store<u8>(written, isV2 ? SERIES_V2 : SERIES_V1);
  written = v2.writeVarint(written + 1, series.to - series.bodyFrom - removed);
  read = series.bodyFrom;
  leaveOut(labelCuts, cuts);
  keepTo(series.to);
}

/**
 * Writes a series of 2.0 of which two references go that lie side by side in the only run it has, its length and the run's
 * of one byte; false where it is otherwise.
 */
function writePlain(): bool {
  const span = series.firstSpan();
  const body = series.bodyFrom;
  const cutTo = load<u32>(span, 12);
  const cutFrom = load<u32>(span);
  if (series.spans != span + 2 * SPAN || load<u32>(span, 4) != load<u32>(span, 8)) return false;
  if (body != series.from + 2 || !v2.hasOneRun(body + 1)) return false;
  const removed = cutTo - cutFrom;
  changed = 1;
  keepTo(series.from);
  const lengths = load<u32>(series.from);
  // Both lengths are in one byte, and so are what is left of them: tag, length, tag, length.
  store<u32>(written, lengths - ((removed << 8) | (removed << 24)));
  written += 4;
  read = body + 2;
  keepTo(cutFrom);
  read = cutTo;
  keepTo(series.to);
  return true;
}

/** Keeps the rest; returns how many bytes there are now. */
export function finish(stop: u32): i32 {
  keepTo(stop);
  return <i32>(written - DATA);
}

/** Lists what has to go for the replica label to be gone; returns where the list ends. */
function cutReplica(): u32 {
  if (isV2) return series.spans == series.firstSpan() ? cutsAt : v2.cutReplica(cutsAt);
  let cut = cutsAt;
  for (let span = series.firstSpan(); span < series.spans; span += SPAN) {
    cut = v2.addCut(cut, load<u32>(span), load<u32>(span, 4));
  }
  return cut;
}

/** Lists the items that are dropped, behind what is there. */
function cutItems(cuts: u32): u32 {
  let cut = cuts;
  for (let item = series.firstItem(); item < series.items; item += ITEM) {
    if (load<i32>(item, 24) != 0) cut = v2.addCut(cut, DATA + load<u32>(item, 4), DATA + load<u32>(item, 8));
  }
  return cut;
}

/** Merges the two lists of cuts, each ascending, neither touching the other. */
function leaveOut(middle: u32, stop: u32): void {
  let label = cutsAt;
  let item = middle;
  while (label < middle || item < stop) {
    if (item >= stop || (label < middle && load<u32>(label) < load<u32>(item))) {
      keepTo(load<u32>(label));
      read = load<u32>(label, 4);
      label += SPAN;
    } else {
      keepTo(load<u32>(item));
      read = load<u32>(item, 4);
      item += SPAN;
    }
  }
}

/** Keeps everything up to `to`. */
function keepTo(to: u32): void {
  const length = to - read;
  if (read != written) moveDown(written, read, length);
  written += length;
  read = to;
}
