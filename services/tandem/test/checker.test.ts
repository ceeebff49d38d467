import { describe, expect, it } from '@jest/globals';
import { type DecodedSeries } from '@tandem/remote-write';

import { StreamChecker, type SinkReport } from '../src/sink/checker.ts';

const T0 = 1_700_000_000_000;

function series(times: readonly number[], labels: Readonly<Record<string, string>> = {}): DecodedSeries {
  return {
    labels: Object.entries({ __name__: 'm', ...labels }).map(([name, value]) => ({ name, value })),
    samples: times.map((time) => ({ value: 1, timestampMs: T0 + time, stale: false })),
    histogramTimestampsMs: [],
  };
}

function check(...requests: readonly DecodedSeries[][]): SinkReport {
  const checker = new StreamChecker({ replicaLabel: '__replica__', maxSeries: 10 });
  for (const request of requests) checker.add(request);
  return checker.report();
}

describe('checking a stream', () => {
  it('finds nothing in one clean copy', () => {
    const report = check([series([0, 1000])], [series([2000, 3003])]);
    expect(report).toMatchObject({ requests: 2, series: 1, samples: 4, twice: 0, late: 0, holes: 0, missing: 0 });
  });

  it('finds a sample that came twice', () => {
    expect(check([series([0, 1000])], [series([1000, 2000])])).toMatchObject({ twice: 1, late: 0 });
  });

  it('tells a late sample from one that came twice', () => {
    expect(check([series([0, 1000, 3000])], [series([2000])])).toMatchObject({ twice: 0, late: 1 });
  });

  it('finds a hole and says how many samples would have filled it', () => {
    const report = check([series([0, 1000, 2000, 3000, 7000, 8000])]);
    expect(report).toMatchObject({ holes: 1, missing: 3, longestSpacingMs: 4000 });
  });

  it('does not take jitter for holes', () => {
    expect(check([series([0, 1010, 1990, 3040, 4000])])).toMatchObject({ holes: 0 });
  });

  it('knows each series by its own spacing', () => {
    const slow = series([0, 15_000, 30_000], { job: 'slow' });
    expect(check([series([0, 1000, 2000]), slow])).toMatchObject({ series: 2, holes: 0 });
  });

  it('finds series that still carry the replica label, and compares them without it', () => {
    const report = check([series([0], { __replica__: 'a' }), series([0])]);
    expect(report).toMatchObject({ series: 1, seriesWithReplicaLabel: 1, twice: 1 });
  });

  it('says how many series it left out for the limit', () => {
    const many = Array.from({ length: 12 }, (_, index) => series([0], { n: String(index) }));
    expect(check(many)).toMatchObject({ series: 10, seriesNotChecked: 2 });
  });
});
