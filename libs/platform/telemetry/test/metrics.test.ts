import { describe, expect, test } from '@jest/globals';

import { counter, createMetrics, gauge, histogram } from '../src/index.ts';

const DEFINITIONS = {
  records: counter({ name: 'tandem_x_records_total', help: 'Records.', labels: ['reason'] }),
  queue: gauge({ name: 'tandem_x_queue_records', help: 'Records that wait.' }),
  duration: histogram({ name: 'tandem_x_duration_seconds', help: 'Time.', buckets: [0.1, 1] }),
};

describe('metrics', () => {
  test('are rendered from their definitions', async () => {
    const metrics = createMetrics({ version: '1.2.3', revision: 'abc', processMetrics: false });
    const { records, queue, duration } = metrics.instruments(DEFINITIONS);
    records.inc({ reason: 'late' }, 2);
    duration.observe(0.5);
    metrics.beforeRender(() => queue.set(7));
    const text = await metrics.render();
    expect(text).toContain('tandem_x_records_total{reason="late"} 2');
    expect(text).toContain('tandem_x_queue_records 7');
    expect(text).toContain('tandem_x_duration_seconds_bucket{le="1"} 1');
    expect(text).toMatch(/tandem_build_info\{version="1\.2\.3",revision="abc",node_version="v[\d.]+"\} 1/u);
    expect(text).not.toContain('process_');
    expect(metrics.contentType).toContain('text/plain');
  });

  test('the same definitions give the same instruments; another metric of the name is refused', async () => {
    const metrics = createMetrics({ version: '1', processMetrics: false });
    metrics.instruments(DEFINITIONS).records.inc({ reason: 'a' });
    metrics.instruments(DEFINITIONS).records.inc({ reason: 'a' });
    expect(await metrics.render()).toContain('tandem_x_records_total{reason="a"} 2');
    const other = { x: gauge({ name: 'tandem_x_records_total', help: 'Other.' }) };
    expect(() => metrics.instruments(other)).toThrow('another one has this name');
  });

  test("two registries do not share anything, and have Node's metrics unless told otherwise", async () => {
    const one = createMetrics({ version: '1' });
    const two = createMetrics({ version: '2' });
    one.instruments(DEFINITIONS).records.inc({ reason: 'a' });
    expect(await one.render()).toContain('process_cpu_user_seconds_total');
    expect(await two.render()).not.toContain('tandem_x_records_total');
  });
});
