const latin1 = new TextDecoder('latin1');

/** A record key as the key of a map: one character per byte, so no two keys meet. */
export function keyText(key: Uint8Array | null): string {
  return key === null ? '' : latin1.decode(key);
}
