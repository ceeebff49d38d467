import { setImmediate } from 'node:timers/promises';

/** How long one slice may keep the process from everything else, ms. */
const SLICE_MS = 10;
/** How many items are worked through before the time is asked. */
const ITEMS = 64;

/** Calls a function with each item, and lets others work in between, so that a big answer delays nobody else's. */
export async function inSlices<Item>(items: Iterable<Item>, work: (item: Item) => void): Promise<void> {
  let began = performance.now();
  let done = 0;
  for (const item of items) {
    work(item);
    if (++done % ITEMS !== 0 || performance.now() - began < SLICE_MS) continue;
    await setImmediate();
    began = performance.now();
  }
}
