import { describe, expect, test } from '@jest/globals';

import { auditFill } from '../src/audit/audit-fill.ts';
import { type Contents } from '../src/audit/contents.ts';
import { SCRAPE_INTERVAL_MS, seriesOfTarget } from '../src/load/scraper.ts';
import { seriesName } from '../src/samples.ts';

const SERIES = seriesName('c', seriesOfTarget('t'));
const headers = {
  tenant: 'anonymous',
  protocol: '2.0',
  samples: 1,
  receivedAtMs: 0,
  pair: { cluster: 'c', replica: 'a' },
  epoch: 1,
  sourcePartition: 0,
  sourceOffset: 0,
} as const;

/** What is found where some of ten scrapes, one an interval, came out. */
function findingsOf(scrapes: readonly number[]): readonly string[] {
  const timesMs = Array.from({ length: 10 }, (_, i) => i * SCRAPE_INTERVAL_MS);
  const sent = new Set(timesMs.map((timestampMs) => `${SERIES}@${timestampMs}=${timestampMs}`));
  const samples = scrapes.map((i) => {
    const timestampMs = i * SCRAPE_INTERVAL_MS;
    return { series: SERIES, replica: '', timestampMs, value: timestampMs };
  });
  const deduped = [{ partition: 0, offset: 0, appendedMs: 0, headers, samples }];
  const contents: Contents = { samples: [], deduped, elections: [], clusters: [], rejects: [] };
  return auditFill(contents, { cluster: 'c', targets: ['t'], scrapers: [{ sent }] }).findings;
}

describe('the audit of fills', () => {
  test('finds nothing where a series goes on from the first scrape to the last', () => {
    expect(findingsOf([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])).toEqual([]);
  });

  test('takes it that the first and the last scrape are missing: they may be another replica’s', () => {
    expect(findingsOf([1, 2, 3, 4, 5, 6, 7, 8])).toEqual([]);
  });

  test('finds a gap between two samples', () => {
    expect(findingsOf([0, 1, 2, 5, 6, 7, 8, 9])).toEqual([expect.stringContaining('a gap')]);
  });

  test('finds a series that ends early', () => {
    expect(findingsOf([0, 1, 2, 3, 4, 5, 6, 7])).toEqual([expect.stringContaining('ends early')]);
  });

  test('finds a series that begins late', () => {
    expect(findingsOf([2, 3, 4, 5, 6, 7, 8, 9])).toEqual([expect.stringContaining('begins late')]);
  });
});
