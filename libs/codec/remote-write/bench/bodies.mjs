// Request bodies like those of a kubernetes cluster's Prometheus: about 13 labels a series, sorted, a third of the
// series thinned out at random as sharding does. The same seed gives the same bytes.
import { encode } from '../dist/index.js';

/** Metrics by exporter, each with the labels that tell its series apart within a pod. */
const METRICS = [
  ['container_cpu_usage_seconds_total', { cpu: 16 }],
  ['container_memory_working_set_bytes', {}],
  ['container_network_receive_bytes_total', { interface: 3 }],
  ['container_fs_writes_bytes_total', { device: 4 }],
  ['kube_pod_container_status_restarts_total', {}],
  ['kube_pod_status_phase', { phase: 5 }],
  ['node_cpu_seconds_total', { mode: 8 }],
  ['http_request_duration_seconds_bucket', { le: 14 }],
  ['http_requests_total', { code: 6 }],
  ['go_memstats_alloc_bytes', {}],
  ['go_gc_duration_seconds', { quantile: 5 }],
  ['process_resident_memory_bytes', {}],
];
const SERVICES = ['checkout', 'cart', 'payment', 'frontend', 'search', 'recommendation', 'shipping', 'kubelet'];
const NAMESPACES = ['shop', 'platform', 'kube-system', 'monitoring'];

/** Mulberry32: a small seeded generator. */
function generator(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

const hex = (random, digits) => Array.from({ length: digits }, () => Math.floor(random() * 16).toString(16)).join('');

/** All series of one pod, as one scrape gives them. */
function pod(random, replica) {
  const pick = (list) => list[Math.floor(random() * list.length)];
  const service = pick(SERVICES);
  const node = `10.0.${Math.floor(random() * 8)}.${Math.floor(random() * 200)}`;
  const common = {
    __replica__: replica,
    cluster: 'prod-eu-west-1',
    container: service,
    endpoint: 'https-metrics',
    instance: `${node}:10250`,
    job: 'kubelet',
    metrics_path: '/metrics/cadvisor',
    namespace: pick(NAMESPACES),
    node: `ip-${node.replaceAll('.', '-')}.eu-west-1.compute.internal`,
    pod: `${service}-${hex(random, 9)}-${hex(random, 5)}`,
    service: `${service}-metrics`,
  };
  return METRICS.flatMap(([name, own]) => {
    const [[label, values] = []] = Object.entries(own);
    return seriesOf({ __name__: name, ...common }, label, values);
  });
}

function seriesOf(labels, label, values = 1) {
  return Array.from({ length: values }, (_, i) => {
    const all = label === undefined ? labels : { ...labels, [label]: `${label}-${i}` };
    return Object.entries(all).map(([name, value]) => ({ name, value }));
  });
}

/** Bodies, uncompressed, of so many series of one sample; each is a later scrape than the one before. */
export function bodies({ protocol, samples, count, seed = 1, startMs = 1_700_000_000_000 }) {
  const random = generator(seed);
  const all = [];
  while (all.length < samples * 1.6) all.push(...pod(random, 'a'));
  return Array.from({ length: count }, (_, scrape) => {
    const timestampMs = startMs + scrape * 15_000;
    const value = () => (random() < 0.7 ? Math.floor(random() * 1e6) : random() * 1e9);
    const series = all
      .filter(() => random() < 2 / 3)
      .slice(0, samples)
      .map((labels) => ({ labels, samples: [{ value: value(), timestampMs }] }));
    return encode(protocol, series);
  });
}
