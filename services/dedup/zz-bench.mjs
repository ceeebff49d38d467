import { dedupTopics } from '/work/main/services/dedup/dist/index.js';
const TOPICS = dedupTopics('');
const T0 = 1.7e12;
const SETTINGS = {
  elections: {
    updateTimeoutMs: 15000,
    updateTimeoutJitterMs: 5000,
    failoverTimeoutMs: 30000,
    failoverSampleTimeoutMs: 0,
    maxClusters: 100,
    idleTimeoutMs: 1800000,
  },
  replicaLabel: '__replica__',
};
import { ElectionTable } from '@tandem/election';
import { createMetrics, NO_LOGGER } from '@tandem/telemetry';
import { encodeSamplesHeaders, clusterKey } from '@tandem/records';
import { compress, encode } from '@tandem/remote-write';
import { PartitionProcessor } from '/work/main/services/dedup/dist/partition-processor.js';
import { SeriesIndex } from '/work/main/services/dedup/dist/series-index.js';
import { DedupObserver } from '/work/main/services/dedup/dist/observer.js';
import { DEDUP_METRICS } from '/work/main/services/dedup/dist/metrics.js';
import { Transaction } from '/work/main/services/dedup/dist/transaction.js';

const proto = process.argv[2] ?? 'v1';
const SERIES = 100_000,
  PER = 2000;
function bodies(replica, t) {
  const out = [];
  for (let from = 0; from < SERIES; from += PER) {
    out.push(
      compress(
        encode(
          proto,
          Array.from({ length: PER }, (_, i) => ({
            labels: [
              ['__name__', `http_requests_total_${(from + i) % 50}`],
              ['__replica__', replica],
              ['cluster', 'eu-1'],
              ['handler', `/api/v1/path/${(from + i) % 97}`],
              ['instance', `10.0.${((from + i) >> 8) & 255}.${(from + i) & 255}:9100`],
              ['job', 'node'],
              ['code', '200'],
              ['pod', `pod-${from + i}`],
            ].map(([name, value]) => ({ name, value })),
            samples: [{ value: Math.random() * 1e6, timestampMs: t }],
          })),
        ),
      ),
    );
  }
  return out;
}
const state = {
  elections: new ElectionTable(SETTINGS.elections),
  names: new Map(),
  index: new SeriesIndex(-Infinity),
  history: {},
  highTimestampMs: -Infinity,
};
const metrics = createMetrics({ version: 't', processMetrics: false }).instruments(DEDUP_METRICS);
const p = new PartitionProcessor({
  partition: 0,
  topics: TOPICS,
  settings: { ...SETTINGS, maxDecodedBytes: 64e6, maxRecordBytes: 1e6 },
  instance: 'x',
  state,
  observer: new DedupObserver(metrics, NO_LOGGER),
  onLookBack() {},
  onReject(_r, a, b) {
    console.log('reject', a, b);
  },
  unwritten: () => [],
});
const key = clusterKey('t', 'eu-1');
let offset = 0,
  samples = 0,
  us = 0,
  standbyUs = 0,
  standby = 0,
  outBytes = 0,
  inBytes = 0;
for (let round = 0; round < 20; round++) {
  for (const replica of ['a', 'b']) {
    const t = T0 + round * 15000;
    const records = bodies(replica, t).map((value) => ({
      offset: offset++,
      timestampMs: t,
      key,
      value,
      headers: encodeSamplesHeaders({
        tenant: 't',
        pair: { cluster: 'eu-1', replica },
        protocol: proto === 'v1' ? '1.0' : '2.0',
        samples: PER,
        span: { minTimestampMs: t, maxTimestampMs: t },
        receivedAtMs: t,
        downTargets: [],
      }),
    }));
    const tx = new Transaction(0, 0);
    const c = process.cpuUsage();
    for (const r of records) p.process(r, tx);
    tx.committed();
    const d = process.cpuUsage(c);
    if (round >= 5) {
      if (replica === 'a') {
        us += d.user + d.system;
        samples += SERIES;
        for (const o of tx.outputs) outBytes += o.value.length;
        for (const r of records) inBytes += r.value.length;
      } else {
        standbyUs += d.user + d.system;
        standby += SERIES;
      }
    }
  }
}
console.log(
  proto,
  'elected',
  (samples / us).toFixed(2),
  'M samples/s CPU; standby',
  (standby / standbyUs).toFixed(1),
  'M samples/s; bytes/sample in',
  (inBytes / samples).toFixed(1),
  'out',
  (outBytes / samples).toFixed(1),
  'series',
  state.index.size,
  'table MB',
  state.index.memoryBytes / 1e6,
);
