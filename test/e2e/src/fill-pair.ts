import { launchPrometheus, type PrometheusPeer } from '@tandem/testing';

/** How a cluster is sent: one pair sends the same to several. */
export interface FillCluster {
  readonly cluster: string;
  /** Absent: the default one. */
  readonly tenant?: string;
}

/** A pair of Prometheus servers with two targets. */
export interface FillPairOptions {
  readonly clusters: readonly FillCluster[];
  /** By job. */
  readonly targetPorts: Readonly<Record<string, number>>;
  readonly writeUrl: string;
  /** The message sent; without it the server's own default, 1.0. */
  readonly protobufMessage?: 'io.prometheus.write.v2.Request';
  /** Whether to run the distribution's version. */
  readonly packaged: boolean;
}

/** Starts one replica of the pair. It scrapes each second and sends what it has within a tenth of one, once for each cluster. */
export function launchFillReplica(replica: string, options: FillPairOptions): Promise<PrometheusPeer> {
  return launchPrometheus({
    name: `prometheus-fill-${replica}`,
    packaged: options.packaged,
    config: configOf(replica, options),
    // Targets are scraped at once; by default they are looked at every five seconds.
    flags: ['--scrape.discovery-reload-interval=500ms'],
  });
}

function configOf(replica: string, { clusters, targetPorts, writeUrl, protobufMessage }: FillPairOptions): string {
  const jobs = Object.entries(targetPorts).map(
    ([job, port]) => `
  - job_name: ${job}
    params: { replica: [${replica}] }
    static_configs: [{ targets: ['127.0.0.1:${port}'] }]`,
  );
  const ways = clusters.map(
    ({ cluster, tenant }) => `
  - url: ${writeUrl}
    name: ${cluster}
    ${tenant === undefined ? '' : `headers: { X-Scope-OrgID: ${tenant} }`}
    ${protobufMessage === undefined ? '' : `protobuf_message: ${protobufMessage}`}
    write_relabel_configs: [{ target_label: cluster, replacement: ${cluster} }]
    queue_config: { batch_send_deadline: 100ms, min_shards: 1, max_shards: 1 }`,
  );
  return `
global:
  scrape_interval: 1s
  scrape_timeout: 1s
  external_labels: { __replica__: ${replica} }
scrape_configs:${jobs.join('')}
remote_write:${ways.join('')}
`;
}
