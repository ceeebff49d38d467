const FIRST_MS = 30;
const MAX_MS = 5000;

/** How long to wait after `failures` failures in a row (1, 2, …), ms: 30 doubling to 5 000, as Prometheus does. */
export function backoffMs(failures: number): number {
  return Math.min(FIRST_MS * 2 ** (failures - 1), MAX_MS);
}
