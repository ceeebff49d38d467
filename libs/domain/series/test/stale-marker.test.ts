import { describe, expect, it } from '@jest/globals';
import { isStaleMarker, STALE_MARKER_HIGH, STALE_MARKER_LOW } from '../src/index.ts';

describe('the stale marker', () => {
  it('is the NaN of these bits', () => {
    const view = new DataView(new ArrayBuffer(8));
    view.setBigUint64(0, 0x7ff0000000000002n);
    expect(view.getFloat64(0)).toBeNaN();
    expect([view.getInt32(0), view.getInt32(4)]).toEqual([STALE_MARKER_HIGH, STALE_MARKER_LOW]);
    expect(isStaleMarker(view.getUint32(0), view.getUint32(4))).toBe(true);
  });

  it('is not the ordinary NaN, nor a quiet version of itself', () => {
    expect(isStaleMarker(0x7ff80000, 1)).toBe(false);
    expect(isStaleMarker(0x7ff80000, 2)).toBe(false);
    expect(isStaleMarker(0xfff00000, 2)).toBe(false);
  });
});
