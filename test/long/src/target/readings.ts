/** Every so often a part of the target's counters really begins anew, ms. */
export const RESET_EVERY_MS = 70_000;

/** The gauge that tells when a sample was served: ms since the target began, in seconds. */
export const CLOCK_SERIES = 'load_clock_seconds';

/** Counters that never fall. */
const STEADY = 'load_steady_total';
/** Counters that begin anew every {@link RESET_EVERY_MS}. */
const RESETTING = 'load_resetting_total';
const GAUGE = 'load_gauge';

/**
 * What the target shows when it has run for so long, in Prometheus' text format: half of the series counters that never
 * fall, a quarter counters that begin anew, the rest gauges; each a function of time. No value has more than twelve
 * digits, so no store rounds one.
 */
export function exposition(elapsedMs: number, series: number): string {
  const half = Math.floor(series / 2);
  const quarter = Math.floor(series / 4);
  return [
    ...family(STEADY, 'counter', half, (i) => counter(elapsedMs, i)),
    ...family(RESETTING, 'counter', quarter, (i) => counter(elapsedMs % RESET_EVERY_MS, i)),
    ...family(GAUGE, 'gauge', series - half - quarter - 1, (i) => rounded(100 * Math.sin(elapsedMs / 30_000 + i))),
    `# TYPE ${CLOCK_SERIES} gauge`,
    `${CLOCK_SERIES} ${elapsedMs / 1000}`,
    '',
  ].join('\n');
}

/** How a series behaves, by its metric name; `undefined`: it is not the target's. */
export function kindOf(metric: string): 'steady' | 'resetting' | 'gauge' | undefined {
  if (metric === STEADY) return 'steady';
  if (metric === RESETTING) return 'resetting';
  return metric === GAUGE || metric === CLOCK_SERIES ? 'gauge' : undefined;
}

function family(name: string, type: string, count: number, value: (index: number) => number): readonly string[] {
  const lines = Array.from({ length: count }, (_, i) => `${name}{series="${String(i).padStart(4, '0')}"} ${value(i)}`);
  return [`# TYPE ${name} ${type}`, ...lines];
}

/** It grows by one to seven a second. */
function counter(elapsedMs: number, index: number): number {
  return (elapsedMs * (1 + (index % 7))) / 1000;
}

function rounded(value: number): number {
  return Math.round(value * 1000) / 1000;
}
