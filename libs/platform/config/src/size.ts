const UNITS: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['B', 1],
  ['KB', 1024],
  ['KiB', 1024],
  ['MB', 1024 ** 2],
  ['MiB', 1024 ** 2],
  ['GB', 1024 ** 3],
  ['GiB', 1024 ** 3],
  ['TB', 1024 ** 4],
  ['TiB', 1024 ** 4],
]);
const WRITTEN = ['TiB', 'GiB', 'MiB', 'KiB'] as const;

/**
 * Reads a size (`16MiB`, `1.5GiB`, `512KB`, `1048576`) into bytes, or `undefined`. Units are powers of 1024 whichever
 * way they are written, as Prometheus reads them.
 */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s?([KMGT]?i?B?)$/u.exec(text);
  const unitBytes = UNITS.get(match?.[2] ?? 'none');
  if (match === null || unitBytes === undefined) return undefined;
  const bytes = Number(match[1]) * unitBytes;
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/** Writes bytes in the largest unit that leaves a whole number: `16777216` is `16MiB`. Reading it gives the same number. */
export function formatSize(bytes: number): string {
  for (const unit of WRITTEN) {
    const unitBytes = UNITS.get(unit) ?? 1;
    if (bytes >= unitBytes && bytes % unitBytes === 0) return `${bytes / unitBytes}${unit}`;
  }
  return `${bytes}B`;
}
