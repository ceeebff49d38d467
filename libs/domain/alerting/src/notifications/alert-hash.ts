import { Buffer } from 'node:buffer';

import { sortedNames, type LabelSet } from '../labels/label-set.ts';
import { hashOfBytes } from '../labels/xxh64.ts';

const SEPARATOR = Buffer.of(0xff);

/**
 * What the notification log knows an alert by: XXH64 (seed 0) of `name 0xFF value 0xFF …` by name, 16 hex digits. It is
 * upstream's, so that its notification logs can be read; the fingerprint is another hash of the same bytes.
 */
export function alertHash(labels: LabelSet): string {
  const parts: Buffer[] = [];
  for (const name of sortedNames(labels)) {
    parts.push(Buffer.from(name), SEPARATOR, Buffer.from(labels.get(name) ?? ''), SEPARATOR);
  }
  return hashOfBytes(Buffer.concat(parts)).toString(16).padStart(16, '0');
}
