import { TextCache } from '@tandem/stream';

const latin1 = new TextDecoder('latin1');
const keys = new TextCache();

/** A record key as the key of a map: one character per byte, so no two keys meet. */
export function keyText(key: Uint8Array | null): string {
  return key === null ? '' : (keys.ascii(key, 0, key.length) ?? latin1.decode(key));
}
