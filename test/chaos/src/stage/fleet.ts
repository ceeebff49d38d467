import { join } from 'node:path';

import { type DedupStatus } from '@tandem/tandem';

import { allEnded } from '../ending.ts';
import { Instance, type InstanceOptions, type Service, SERVICES } from './instance.ts';

/** How many processes of each service. */
export type FleetSize = Readonly<Record<Service, number>>;

/** All processes of Tandem of one run. */
export class Fleet {
  readonly #instances: Instance[] = [];
  #isOver = false;
  readonly #common: Pick<InstanceOptions, 'config' | 'dir'>;
  readonly #outputDir: string;

  private constructor(common: Pick<InstanceOptions, 'config' | 'dir'>, outputDir: string) {
    this.#common = common;
    this.#outputDir = outputDir;
  }

  /** Starts all of them at once and waits until they are ready. */
  static async launch(
    common: Pick<InstanceOptions, 'config' | 'dir'>,
    outputDir: string,
    size: FleetSize,
  ): Promise<Fleet> {
    const fleet = new Fleet(common, outputDir);
    const services = SERVICES.flatMap((service) => Array.from({ length: size[service] }, () => service));
    const launched = await Promise.allSettled(services.map((service, index) => fleet.#launch(service, index)));
    for (const outcome of launched) if (outcome.status === 'fulfilled') fleet.#instances.push(outcome.value);
    const failed = launched.find((outcome) => outcome.status === 'rejected');
    if (failed !== undefined) {
      await fleet.stop();
      throw failed.reason;
    }
    return fleet;
  }

  get all(): readonly Instance[] {
    return this.#instances;
  }

  /** The processes of a service. */
  of(service: Service): readonly Instance[] {
    return this.#instances.filter((instance) => instance.service === service);
  }

  /** The process that is alone in its service, or the first. */
  first(service: Service): Instance {
    const [first] = this.of(service);
    if (first === undefined) throw new Error(`cannot find a process of ${service}`);
    return first;
  }

  /** One more process of a service. */
  async add(service: Service): Promise<Instance> {
    if (this.#isOver) throw new Error(`cannot start one more ${service}: the run is over`);
    const instance = await this.#launch(service, this.#instances.length);
    this.#instances.push(instance);
    await this.#endIfOver(instance);
    return instance;
  }

  /** The run may have become over while it started. */
  async #endIfOver(instance: Instance): Promise<void> {
    if (this.#isOver) await instance.end();
  }

  /** What any of them should not have done. */
  get surprises(): readonly string[] {
    return this.#instances.flatMap(({ surprises }) => surprises);
  }

  /** Starts those that do not run, and waits for all. */
  async startAll(): Promise<void> {
    for (const instance of this.#instances) instance.start();
    await Promise.all(this.#instances.map((instance) => instance.ready()));
  }

  /** SIGKILL for all of them at once: what a power failure is to processes. */
  async killAll(): Promise<void> {
    await Promise.all(this.#instances.map((instance) => instance.kill()));
  }

  /** SIGTERM for all of them; none is started again. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await allEnded(this.#instances.map((instance) => instance.end()));
  }

  #launch(service: Service, index: number): Promise<Instance> {
    const name = `${service}-${index}`;
    return Instance.launch({ ...this.#common, service, name, outputFile: join(this.#outputDir, `${name}.log`) });
  }
}

/** What a dedup process says of itself. */
export async function dedupStatus(instance: Instance): Promise<DedupStatus> {
  const response = await fetch(`${instance.url}/api/v1/ha/clusters`, { signal: AbortSignal.timeout(5000) });
  return (await response.json()) as DedupStatus;
}
