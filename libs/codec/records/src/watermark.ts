import { type RecordHeaders } from '@tandem/stream';

import { HeaderReader } from './header-reader.ts';
import { HEADER } from './samples-headers.ts';
import { RECORD_VERSION } from './versions.ts';

/** Header of a record of `deduped` that holds a watermark instead of a body; records of bodies have no kind. */
const WATERMARK_KIND = 'watermark';

/** Whether a record of `deduped` holds a watermark: whoever is after samples passes it over. */
export function isWatermark(headers: RecordHeaders): boolean {
  return headers[HEADER.kind] === WATERMARK_KIND;
}

/** The headers of a watermark, Unix ms; such a record has neither key nor value. */
export function encodeWatermark(watermarkMs: number): RecordHeaders {
  return {
    [HEADER.version]: String(RECORD_VERSION),
    [HEADER.kind]: WATERMARK_KIND,
    [HEADER.watermark]: String(watermarkMs),
  };
}

/**
 * The watermark a record of `deduped` names, Unix ms: the one it holds, or the newest one before it. `undefined`: none, or
 * one that cannot be read.
 */
export function watermarkOf(headers: RecordHeaders): number | undefined {
  return new HeaderReader(headers).integer(HEADER.watermark);
}
