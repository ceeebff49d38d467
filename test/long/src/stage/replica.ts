import { rm } from 'node:fs/promises';
import { join } from 'node:path';

import { launchPrometheus, type PrometheusPeer } from '@tandem/testing';

import { type Recording } from '../record/recording.ts';
import { type Plan } from '../scenario/plan.ts';
import { type Target } from '../target/target.ts';
import { Way } from '../way/way.ts';

/** Which Prometheus a replica is: the distribution's, with remote write 1.0, or a newer one with 2.0. */
export type Version = 'packaged' | 'newer';

/** How a replica is launched. */
export interface ReplicaOptions {
  readonly plan: Plan;
  readonly version: Version;
  readonly target: Target;
  readonly recording: Recording;
  /** Where remote write of ingest is. */
  readonly ingestUrl: string;
  /** How far its clock is off, ms. */
  readonly offsetMs: number;
}

/** A real Prometheus of a pair, and its way to ingest. */
export class Replica {
  /** The value of its replica label. */
  readonly name: Version;
  readonly way: Way;
  readonly #peer: PrometheusPeer;

  private constructor(name: Version, way: Way, peer: PrometheusPeer) {
    this.name = name;
    this.way = way;
    this.#peer = peer;
  }

  /** Starts it. */
  static async launch({ plan, version, target, recording, ingestUrl, offsetMs }: ReplicaOptions): Promise<Replica> {
    const way = await new Way({ replica: version, ingestUrl, offsetMs, recording }).start();
    try {
      const peer = await launchPrometheus({
        name: `prometheus-${plan.id}-${version}`,
        packaged: version === 'packaged',
        config: prometheusConfig(plan, { version, targetPort: target.port, writeUrl: way.writeUrl }),
        // Targets are scraped at once; by default they are looked at every five seconds.
        flags: ['--scrape.discovery-reload-interval=500ms'],
      });
      return new Replica(version, way, peer);
    } catch (error) {
      await way.stop();
      throw error;
    }
  }

  /** Of Prometheus: `3.14.0`. */
  get version(): string {
    return this.#peer.version;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    await this.#peer.process.kill();
  }

  /** SIGSTOP. */
  pause(): void {
    this.#peer.process.pause();
  }

  /** SIGCONT. */
  resume(): void {
    this.#peer.process.resume();
  }

  /** Starts it again after a kill, with nothing on its disk. */
  async startEmpty(): Promise<void> {
    await rm(join(this.#peer.dir, 'data'), { recursive: true, force: true });
    await this.#peer.process.start();
  }

  /** Ends it and everything before it. */
  async stop(): Promise<void> {
    await this.way.stop();
    await this.#peer.stop();
  }
}

interface Surroundings {
  readonly version: Version;
  readonly targetPort: number;
  readonly writeUrl: string;
}

/** The configuration of a replica. */
function prometheusConfig({ id, interval }: Plan, { version, targetPort, writeUrl }: Surroundings): string {
  return `
global:
  scrape_interval: ${interval.id}
  scrape_timeout: ${interval.intervalMs >= 10_000 ? '10s' : interval.id}
  external_labels: { cluster: ${id}, __replica__: ${version} }
scrape_configs:
  - job_name: target
    static_configs: [{ targets: ['127.0.0.1:${targetPort}'] }]
remote_write:
  - url: ${writeUrl}
    ${version === 'newer' ? 'protobuf_message: io.prometheus.write.v2.Request' : ''}
    queue_config: { batch_send_deadline: ${interval.batchDeadline} }
`;
}
