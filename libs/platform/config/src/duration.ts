const UNITS = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;
/** Prometheus' grammar: whole numbers, each unit once, from the largest to the smallest. */
const DURATION = /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/u;

/** Reads a duration as Prometheus writes it (`30s`, `1m30s`, `100ms`, `1d`, and `0`) into ms, or `undefined`. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  const match = text === '' ? null : DURATION.exec(text);
  if (match === null) return undefined;
  let durationMs = 0;
  for (const [index, [, unitMs]] of UNITS.entries()) durationMs += Number(match[index + 1] ?? 0) * unitMs;
  return Number.isSafeInteger(durationMs) ? durationMs : undefined;
}

/** Writes ms as Prometheus does: `90000` is `1m30s`. Reading it gives the same number. */
export function formatDuration(durationMs: number): string {
  if (durationMs === 0) return '0s';
  let rest = durationMs;
  let text = '';
  for (const [unit, unitMs] of UNITS) {
    // As Prometheus does: years, weeks and days only where they are the whole of it, `36h` rather than `1d12h`.
    if (unitMs > 3_600_000 && rest % unitMs !== 0) continue;
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text;
}
