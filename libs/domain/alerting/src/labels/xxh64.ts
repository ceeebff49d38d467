import xxhash from 'xxhash-wasm';

const hasher = await xxhash();

/** XXH64 of bytes, seed 0. */
export function hashOfBytes(bytes: Uint8Array): bigint {
  return hasher.h64Raw(bytes);
}

/** XXH64 of a text in UTF-8, seed 0. */
export function hashOfText(text: string): bigint {
  return hasher.h64(text);
}
