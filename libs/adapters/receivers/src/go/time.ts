/** How Go writes a time that is not set. */
export const ZERO_TIME = '0001-01-01T00:00:00Z';

/** A time (Unix ms) in UTC as Go's RFC3339Nano: without zeros at the end of its fraction. */
export function formatGoTime(ms: number): string {
  return new Date(ms).toISOString().replace(/\.?0*Z$/u, 'Z');
}
