/**
 * The two halves of the stale marker's bits, `0x7ff0000000000002`: a NaN of its own, by which Prometheus says that a
 * series has ended. As a JavaScript number it is a NaN like all others, and V8 may alter the bits of a NaN that goes
 * through an array of numbers; so it travels as bytes, as these halves, or as a flag.
 */
export const STALE_MARKER_HIGH = 0x7ff00000;
export const STALE_MARKER_LOW = 0x00000002;

/** Whether the halves of a double (big word, little word; signed or not) are the stale marker. */
export function isStaleMarker(high: number, low: number): boolean {
  return (high | 0) === STALE_MARKER_HIGH && (low | 0) === STALE_MARKER_LOW;
}
