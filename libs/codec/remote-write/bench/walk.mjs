// What the codec costs in CPU time (all threads): million samples per CPU second, microseconds per request. Build first, then
//   node libs/codec/remote-write/bench/walk.mjs [seconds per measurement]
// Samples per second count the samples that really were in the bodies.
import { performance } from 'node:perf_hooks';
import { SeriesTable } from '../../../domain/series/dist/index.js';
import { compress, decompress, inflate, observe, rewrite, scan, toV1 } from '../dist/index.js';
import { bodies } from './bodies.mjs';

const SECONDS = Number(process.argv[2] ?? 1.5);
const LABELS = { clusterLabel: 'cluster', replicaLabel: '__replica__' };
const MAX = 64 * 1024 * 1024;

function need(result) {
  if (!result.ok) throw new Error(result.problem.message);
  return result;
}

/** Tables see ever later samples, as in service: each round over the bodies gets a table of its own. */
const VARIANTS = {
  decompress: ({ block }) => need(decompress(block, MAX)),
  compress: ({ data }) => compress(data),
  scan: ({ data, protocol }) => need(scan(protocol, data, LABELS)),
  inflate: ({ block }) => need(inflate(block, MAX, () => undefined)),
  'inflate + scan (ingest)': ({ block, protocol }) =>
    need(need(inflate(block, MAX, (data) => scan(protocol, data, LABELS))).value),
  'inflate + rewrite (dedup)': ({ block, protocol }, series) =>
    need(inflate(block, MAX, (data) => need(rewrite(protocol, data, { replicaLabel: '__replica__', series })))),
  'inflate + rewrite + compress (dedup)': ({ block, protocol }, series) =>
    need(
      inflate(block, MAX, (data) =>
        compress(need(rewrite(protocol, data, { replicaLabel: '__replica__', series })).body),
      ),
    ),
  'inflate + observe (recovery)': ({ block, protocol }, series) =>
    need(inflate(block, MAX, (data) => need(observe(protocol, data, { replicaLabel: '__replica__', series })))),
  toV1: ({ data }) => need(toV1(data)),
};

function measure(step, requests) {
  const samples = requests.reduce((sum, request) => sum + request.samples, 0);
  const round = () => {
    const series = new SeriesTable({ capacity: 10_000 });
    const begin = process.cpuUsage();
    for (const request of requests) {
      step(request, series);
    }
    const { user, system } = process.cpuUsage(begin);
    return (user + system) / 1000;
  };
  const warmUntil = performance.now() + (SECONDS * 1000) / 3;
  while (performance.now() < warmUntil) round();
  const until = performance.now() + SECONDS * 1000;
  let best = Infinity;
  const all = [];
  while (performance.now() < until) {
    const ms = round();
    all.push(ms);
    best = Math.min(best, ms);
  }
  all.sort((a, b) => a - b);
  const median = all[Math.floor(all.length / 2)];
  return { rate: samples / median / 1000, best: samples / best / 1000, us: (median * 1000) / requests.length };
}

console.log(`node ${process.version}, ${SECONDS} s each, median (best) of rounds over 64 bodies`);
for (const protocol of ['v1', 'v2']) {
  for (const samples of [500, 2000]) {
    const requests = bodies({ protocol, samples, count: 64 }).map((data) => {
      const { summary } = need(scan(protocol, data, LABELS));
      return { protocol, data, block: compress(data), samples: summary.samples };
    });
    const bytes = (pick) => Math.round(requests.reduce((sum, request) => sum + pick(request).length, 0) / 64 / 1024);
    console.log(
      `\n${protocol}, ${samples} samples: ${bytes((r) => r.data)} KiB raw, ${bytes((r) => r.block)} KiB snappy`,
    );
    for (const [name, step] of Object.entries(VARIANTS)) {
      if (name === 'toV1' && protocol === 'v1') continue;
      const { rate, best, us } = measure(step, requests);
      console.log(`  ${name.padEnd(46)} ${rate.toFixed(2).padStart(6)} (${best.toFixed(2)}) M/s  ${us.toFixed(0)} us`);
    }
  }
}
