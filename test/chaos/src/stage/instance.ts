import { appendFileSync } from 'node:fs';

import { launchTandem, type TandemPeer } from '@tandem/testing';

/** The services, each in processes of its own. */
export const SERVICES = ['ingest', 'dedup', 'forward'] as const;

/** One of them. */
export type Service = (typeof SERVICES)[number];

/** How an instance is launched. */
export interface InstanceOptions {
  readonly service: Service;
  /** `dedup-2`. */
  readonly name: string;
  readonly config: string;
  readonly dir: string;
  /** File that gets everything the process writes. */
  readonly outputFile: string;
}

/** One process of Tandem: it is killed and started again, at the same address with the same configuration. */
export class Instance {
  readonly service: Service;
  readonly name: string;
  readonly #peer: TandemPeer;
  readonly #surprises: string[] = [];
  #expectsEnd = false;
  #starting: Promise<void> = Promise.resolve();
  #kills = 0;
  #isOver = false;

  private constructor(options: InstanceOptions, peer: TandemPeer) {
    this.service = options.service;
    this.name = options.name;
    this.#peer = peer;
    appendFileSync(options.outputFile, peer.process.output.text);
    peer.process.output.onLine((line) => appendFileSync(options.outputFile, `${line}\n`));
    this.#watch();
  }

  /** Starts it and waits until it is ready. */
  static async launch(options: InstanceOptions): Promise<Instance> {
    const { service, name, config, dir } = options;
    return new Instance(options, await launchTandem({ command: service, name, config, dir }));
  }

  get url(): string {
    return this.#peer.url;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get running(): boolean {
    return this.#peer.process.running;
  }

  /** How often it was killed. */
  get kills(): number {
    return this.#kills;
  }

  /** What it should not have done: ended by itself, not become ready. */
  get surprises(): readonly string[] {
    return this.#surprises;
  }

  /** SIGKILL. */
  async kill(): Promise<void> {
    this.#expectsEnd = true;
    this.#kills++;
    await this.#peer.process.kill();
    await this.#starting;
  }

  /** Starts it again; {@link ready} waits for it. */
  start(): void {
    if (this.#isOver) throw new Error(`cannot start ${this.name}: the run is over`);
    if (this.running) return;
    this.#expectsEnd = false;
    this.#starting = this.#peer.process.start().then(
      () => undefined,
      (error: unknown) => {
        if (!this.#expectsEnd) this.#surprises.push(`${this.name} did not become ready: ${String(error)}`);
      },
    );
    this.#watch();
  }

  /** Resolves when the last start has succeeded or failed. */
  async ready(): Promise<void> {
    await this.#starting;
  }

  /** SIGSTOP. */
  pause(): void {
    this.#peer.process.pause();
  }

  /** SIGCONT. */
  resume(): void {
    this.#peer.process.resume();
  }

  /** SIGTERM; a clean end is expected. */
  async stop(): Promise<void> {
    this.#expectsEnd = true;
    await this.#starting;
    if (!this.running) return;
    const exit = await this.#peer.process.stop();
    if (exit.code !== 0) this.#surprises.push(`${this.name} ended with ${exit.signal ?? String(exit.code)} when asked`);
  }

  /** Stops it, and it is not started again. */
  async end(): Promise<void> {
    this.#isOver = true;
    await this.stop();
  }

  #watch(): void {
    void this.#peer.process.exited.then(({ code, signal }) => {
      if (!this.#expectsEnd) this.#surprises.push(`${this.name} ended by itself: ${signal ?? String(code)}`);
    });
  }
}
