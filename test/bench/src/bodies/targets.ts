import { type Random } from './random.ts';

/** Labels of one series, the external ones included; unsorted. */
export type Labels = Readonly<Record<string, string>>;

/** A metric of an exporter: its name, and the labels that tell its series apart within a target. */
interface Metric {
  readonly name: string;
  readonly own?: Readonly<Record<string, readonly string[]>>;
}

/** What one scrape of a target gives, without the external labels. */
type Target = (random: Random) => readonly Labels[];

const SERVICES = ['checkout', 'cart', 'payment', 'frontend', 'search', 'recommendation', 'shipping', 'ledger'] as const;
const NAMESPACES = ['shop', 'platform', 'kube-system', 'monitoring'] as const;
const PHASES = ['Pending', 'Running', 'Succeeded', 'Failed', 'Unknown'];
const LE = ['0.005', '0.01', '0.025', '0.05', '0.1', '0.25', '0.5', '1', '2.5', '5', '10', '+Inf'];

const CADVISOR: readonly Metric[] = [
  { name: 'container_cpu_usage_seconds_total', own: { cpu: ['total'] } },
  { name: 'container_cpu_cfs_throttled_periods_total' },
  { name: 'container_memory_working_set_bytes' },
  { name: 'container_memory_rss' },
  { name: 'container_network_receive_bytes_total', own: { interface: ['eth0', 'lo'] } },
  { name: 'container_network_transmit_bytes_total', own: { interface: ['eth0', 'lo'] } },
  { name: 'container_fs_reads_bytes_total', own: { device: ['/dev/nvme0n1', '/dev/nvme1n1'] } },
  { name: 'container_fs_writes_bytes_total', own: { device: ['/dev/nvme0n1', '/dev/nvme1n1'] } },
];
const KUBE: readonly Metric[] = [
  { name: 'kube_pod_status_phase', own: { phase: PHASES } },
  { name: 'kube_pod_container_status_restarts_total' },
  { name: 'kube_pod_container_resource_requests', own: { resource: ['cpu', 'memory'] } },
  { name: 'kube_pod_container_status_ready' },
];
const NODE: readonly Metric[] = [
  {
    name: 'node_cpu_seconds_total',
    own: {
      cpu: ['0', '1', '2', '3'],
      mode: ['idle', 'iowait', 'irq', 'nice', 'softirq', 'steal', 'system', 'user'],
    },
  },
  { name: 'node_network_receive_bytes_total', own: { device: ['eth0', 'eth1', 'cni0', 'lo'] } },
  { name: 'node_filesystem_avail_bytes', own: { mountpoint: ['/', '/boot', '/var/lib/kubelet'] } },
  { name: 'node_memory_MemAvailable_bytes' },
];
const GO: readonly Metric[] = [
  { name: 'http_request_duration_seconds_bucket', own: { handler: ['/', '/api/v1/items'], le: LE } },
  { name: 'http_requests_total', own: { code: ['200', '404', '500'], method: ['GET', 'POST'] } },
  { name: 'go_gc_duration_seconds', own: { quantile: ['0', '0.25', '0.5', '0.75', '1'] } },
  { name: 'go_memstats_alloc_bytes' },
  { name: 'process_resident_memory_bytes' },
];

const TARGETS: readonly [Target, ...Target[]] = [
  (random) => {
    const node = nodeOf(random);
    const common = { ...podOf(random), endpoint: 'https-metrics', instance: `${node.address}:10250`, job: 'kubelet' };
    return seriesOf(CADVISOR, { ...common, metrics_path: '/metrics/cadvisor', node: node.name, service: 'kubelet' });
  },
  (random) => {
    const common = { ...podOf(random), endpoint: 'http', instance: '10.0.7.31:8080', job: 'kube-state-metrics' };
    const uid = [8, 4, 4, 4, 12].map((digits) => random.hex(digits)).join('-');
    return seriesOf(KUBE, { ...common, service: 'kube-state-metrics', uid });
  },
  (random) => {
    const exporter = { namespace: 'monitoring', container: 'node-exporter', pod: `node-exporter-${random.hex(5)}` };
    const instance = nodeOf(random).name;
    return seriesOf(NODE, {
      ...exporter,
      endpoint: 'metrics',
      instance,
      job: 'node-exporter',
      service: 'node-exporter',
    });
  },
  (random) => {
    const pod = podOf(random);
    const instance = `${nodeOf(random).address}:8080`;
    return seriesOf(GO, { ...pod, endpoint: 'metrics', instance, job: pod.container, service: pod.container });
  },
];

/** The series of one target of a Kubernetes cluster: cAdvisor, kube-state-metrics, node exporter or a service in Go. */
export function scrapeOfTarget(random: Random, external: Labels): readonly Labels[] {
  return random
    .pick(TARGETS)(random)
    .map((labels) => ({ ...labels, ...external }));
}

function podOf(random: Random): { readonly namespace: string; readonly container: string; readonly pod: string } {
  const container = random.pick(SERVICES);
  return { namespace: random.pick(NAMESPACES), container, pod: `${container}-${random.hex(9)}-${random.hex(5)}` };
}

function nodeOf(random: Random): { readonly address: string; readonly name: string } {
  const address = `10.0.${random.below(8)}.${1 + random.below(250)}`;
  return { address, name: `ip-${address.replaceAll('.', '-')}.eu-west-1.compute.internal` };
}

function seriesOf(metrics: readonly Metric[], common: Labels): readonly Labels[] {
  return metrics.flatMap(({ name, own = {} }) => {
    let all: readonly Labels[] = [{ __name__: name, ...common }];
    for (const [label, values] of Object.entries(own)) {
      all = all.flatMap((labels) => values.map((value) => ({ ...labels, [label]: value })));
    }
    return all;
  });
}
