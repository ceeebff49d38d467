import { describe, expect, test } from '@jest/globals';
import { makeBodies, SCRAPE_INTERVAL_MS, shapeOf, type BodySpec } from '../src/index.ts';
import { decompress, scan, type Protocol } from '@tandem/remote-write';

const LABELS = { clusterLabel: 'cluster', replicaLabel: '__replica__' };
const specOf = (protocol: Protocol): BodySpec => ({
  protocol,
  samples: 200,
  count: 40,
  seed: 7,
  startMs: 1_700_000_000_000,
});

describe.each<Protocol>(['v1', 'v2'])('bodies of %s', (protocol) => {
  const spec = specOf(protocol);
  const bodies = makeBodies(spec);

  test('are valid, hold the samples asked for and are of one cluster and replica each', () => {
    for (const body of bodies) {
      const scanned = scan(protocol, body.raw, LABELS);
      expect(scanned).toMatchObject({
        ok: true,
        summary: {
          series: spec.samples,
          samples: spec.samples,
          identity: { kind: 'uniform', cluster: body.cluster, replica: body.replica },
        },
      });
    }
  });

  test('are sent as snappy blocks of themselves', () => {
    for (const { raw, snappy } of bodies) {
      const inflated = decompress(snappy, 1_048_576);
      expect(inflated.ok && Buffer.compare(inflated.data, raw)).toBe(0);
    }
  });

  test('are the same from the same seed, and others from another', () => {
    const bytes = (seed: number) => makeBodies({ ...spec, seed }).map(({ raw }) => Buffer.from(raw).toString('base64'));
    expect(bytes(7)).toEqual(bytes(7));
    expect(new Set([...bytes(7), ...bytes(8)]).size).toBe(2 * spec.count);
  });

  test('of one pair and replica are later, one after the other', () => {
    const times = new Map<string, number[]>();
    for (const { cluster, replica, raw } of bodies) {
      const scanned = scan(protocol, raw, LABELS);
      const key = `${cluster} ${replica}`;
      if (scanned.ok) times.set(key, [...(times.get(key) ?? []), scanned.summary.minTimestampMs ?? 0]);
    }
    for (const of of times.values()) {
      expect(of).toEqual(of.map((_, scrape) => spec.startMs + scrape * SCRAPE_INTERVAL_MS));
    }
  });
});

test('bodies look like those of a Kubernetes cluster: about 13 labels, and snappy makes 1.0 several times smaller', () => {
  const spec = specOf('v1');
  const shape = shapeOf(spec, makeBodies(spec));
  expect(shape.labelsPerSeries).toBeGreaterThan(12);
  expect(shape.labelsPerSeries).toBeLessThan(15);
  expect(shape.rawBytesPerSample / shape.snappyBytesPerSample).toBeGreaterThan(4);
});
