import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

import {
  gauge,
  type CounterDefinition,
  type GaugeDefinition,
  type HistogramDefinition,
  type MetricDefinition,
  type MetricDefinitions,
} from './metric-definition.ts';

/** The instrument of a definition. */
export type Instrument<Definition> =
  Definition extends CounterDefinition<infer Label>
    ? Counter<Label>
    : Definition extends GaugeDefinition<infer Label>
      ? Gauge<Label>
      : Definition extends HistogramDefinition<infer Label>
        ? Histogram<Label>
        : never;

/** The instruments of a component, under the names of its definitions. */
export type Instruments<Definitions extends MetricDefinitions> = {
  readonly [Name in keyof Definitions]: Instrument<Definitions[Name]>;
};

/** What the process says about itself. */
export interface MetricsOptions {
  readonly version: string;
  /** The commit it was built from. */
  readonly revision?: string;
  /** Whether Node's and the process's own metrics are collected. Default true. */
  readonly processMetrics?: boolean;
}

/** The metrics of a process. */
export interface Metrics {
  /**
   * The instruments of a component. Asked for again, with the same definitions, it gives the same instruments: two
   * targets of one kind share them and differ by label.
   *
   * @throws {TypeError} when another metric of the same name is there
   */
  instruments<const Definitions extends MetricDefinitions>(definitions: Definitions): Instruments<Definitions>;
  /** Calls a function before every rendering, to set gauges of what is known elsewhere (queue sizes, lag). */
  beforeRender(collect: () => void): void;
  /** Prometheus' text format. */
  render(): Promise<string>;
  /** The content type of `render`. */
  readonly contentType: string;
}

/** Metrics of the telemetry package. */
export const BUILD_METRICS = {
  buildInfo: gauge({
    name: 'tandem_build_info',
    help: 'Always 1; its labels tell version, revision and Node version.',
    labels: ['version', 'revision', 'node_version'],
  }),
};

/** A registry of its own (nothing global) with the build's gauge and the process's metrics. */
export function createMetrics(options: MetricsOptions): Metrics {
  const metrics = new PromMetrics();
  metrics
    .instruments(BUILD_METRICS)
    .buildInfo.set(
      { version: options.version, revision: options.revision ?? 'unknown', node_version: process.version },
      1,
    );
  if (options.processMetrics ?? true) metrics.collectProcess();
  return metrics;
}

class PromMetrics implements Metrics {
  readonly #registry = new Registry();
  readonly #definitions = new Map<string, MetricDefinition>();
  readonly #collectors: (() => void)[] = [];

  get contentType(): string {
    return this.#registry.contentType;
  }

  instruments<const Definitions extends MetricDefinitions>(definitions: Definitions): Instruments<Definitions> {
    const entries = Object.entries(definitions).map(
      ([key, definition]) => [key, this.#instrument(definition)] as const,
    );
    return Object.fromEntries(entries) as Instruments<Definitions>;
  }

  beforeRender(collect: () => void): void {
    this.#collectors.push(collect);
  }

  render(): Promise<string> {
    for (const collect of this.#collectors) collect();
    return this.#registry.metrics();
  }

  collectProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
  }

  #instrument(definition: MetricDefinition): unknown {
    const { type, name, help, labels, buckets } = definition;
    const known = this.#definitions.get(name);
    if (known !== undefined) {
      if (JSON.stringify(known) !== JSON.stringify(definition)) {
        throw new TypeError(`cannot register metric "${name}": another one has this name`);
      }
      return this.#registry.getSingleMetric(name);
    }
    this.#definitions.set(name, definition);
    const shared = { name, help, labelNames: [...labels], registers: [this.#registry] };
    if (type === 'counter') return new Counter(shared);
    return type === 'gauge' ? new Gauge(shared) : new Histogram({ ...shared, buckets: [...(buckets ?? [])] });
  }
}
