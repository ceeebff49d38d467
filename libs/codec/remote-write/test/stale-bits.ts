/** A double that stands for the stale marker until {@link withStaleMarkers}: JavaScript may alter the bits of a NaN. */
export const STALE_STANDIN = 1.2345678901234567e-301;

const STANDIN = Buffer.alloc(8);
STANDIN.writeDoubleLE(STALE_STANDIN);
const MARKER = Buffer.from('7ff0000000000002', 'hex').reverse();

/** The bytes with the stale marker wherever the stand-in was. */
export function withStaleMarkers(bytes: Uint8Array): Uint8Array {
  const marked = Buffer.from(bytes);
  for (let at = marked.indexOf(STANDIN); at >= 0; at = marked.indexOf(STANDIN, at)) MARKER.copy(marked, at);
  return Uint8Array.from(marked);
}
