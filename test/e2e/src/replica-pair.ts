import { launchPrometheus, type PrometheusPeer } from '@tandem/testing';

/** A pair of Prometheus servers that scrape the same target and write to the same place. */
export interface PairOptions {
  readonly cluster: string;
  /** Where both scrape. */
  readonly exporterPort: number;
  /** Where both write. */
  readonly writeUrl: string;
  /** The message sent; without it the server's own default, 1.0. */
  readonly protobufMessage?: 'io.prometheus.write.v2.Request';
  /** Whether to run the distribution's version. */
  readonly packaged: boolean;
}

/** Starts one replica of a pair. It scrapes each second and sends what it has within a tenth of one. */
export function launchReplica(replica: string, options: PairOptions): Promise<PrometheusPeer> {
  return launchPrometheus({
    name: `prometheus-${options.cluster}-${replica}`,
    packaged: options.packaged,
    config: replicaConfig(replica, options),
    // Targets are scraped at once; by default they are looked at every five seconds.
    flags: ['--scrape.discovery-reload-interval=500ms'],
  });
}

function replicaConfig(replica: string, { cluster, exporterPort, writeUrl, protobufMessage }: PairOptions): string {
  return `
global:
  scrape_interval: 1s
  scrape_timeout: 1s
  external_labels: { cluster: ${cluster}, __replica__: ${replica} }
scrape_configs:
  - job_name: node
    static_configs: [{ targets: ['127.0.0.1:${exporterPort}'] }]
remote_write:
  - url: ${writeUrl}
    ${protobufMessage === undefined ? '' : `protobuf_message: ${protobufMessage}`}
    queue_config: { batch_send_deadline: 100ms, min_shards: 1, max_shards: 1 }
`;
}
