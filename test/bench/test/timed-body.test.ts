import { describe, expect, it } from '@jest/globals';
import { decode, decompress, encode, type Protocol } from '@tandem/remote-write';
import { timesOf } from '../src/dedup/fill.ts';
import { TimedBody } from '../src/dedup/timed-body.ts';

const NOW = 1_764_000_000_000;
const series = [
  { labels: [{ name: '__name__', value: 'a' }], samples: [{ value: 1, timestampMs: NOW }] },
  { labels: [{ name: '__name__', value: 'b' }], samples: [{ value: NaN, timestampMs: NOW + 700, stale: true }] },
];

describe.each<Protocol>(['v1', 'v2'])('a recorded body of %s', (protocol) => {
  it('is sent again at other times, and otherwise as it was', () => {
    const body = new TimedBody(protocol, encode(protocol, series));
    expect([body.samples, body.fromMs, body.toMs]).toEqual([2, NOW, NOW + 700]);

    const stamped = body.stamp((ms) => ms + 60_000);

    expect([stamped.minTimestampMs, stamped.maxTimestampMs]).toEqual([NOW + 60_000, NOW + 60_700]);
    const raw = decompress(stamped.value, 1_000_000);
    const again = raw.ok ? decode(protocol, raw.data) : raw;
    const shifted = series.map(({ labels, samples }) => ({
      labels,
      samples: samples.map((sample) => ({ ...sample, timestampMs: sample.timestampMs + 60_000 })),
    }));
    expect(again).toEqual(decode(protocol, encode(protocol, shifted)));
  });

  it('is refused when it has no sample', () => {
    expect(() => new TimedBody(protocol, new Uint8Array(0))).toThrow('no samples');
  });
});

describe('the times of a recording', () => {
  const bodies = [new TimedBody('v1', encode('v1', series))];
  const recorded = { intervalMs: 1000, scrapes: 1 };

  it('are drawn out to the interval wanted', () => {
    const timeOf = timesOf(bodies, recorded, { fromMs: 0, intervalMs: 15_000 }, 0);
    expect([NOW, NOW + 700].map(timeOf)).toEqual([0, 10_500]);
  });

  it('are later at every repetition than all before', () => {
    const at = (index: number) => timesOf(bodies, recorded, { fromMs: 0, intervalMs: 15_000 }, index);
    expect(at(1)(NOW)).toBeGreaterThan(at(0)(NOW + 700));
  });
});
