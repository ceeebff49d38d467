/** A metric as its component declares it: data, so that the metrics reference is made from it. */
export interface MetricDefinition<Label extends string = string> {
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** `tandem_<component>_<noun>_<unit or total>`. */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** Label names; their values are bounded by what the component may say. */
  readonly labels: readonly Label[];
  /** Upper bounds of a histogram's buckets, in the metric's unit. */
  readonly buckets?: readonly number[];
}

/** A definition of a counter. */
export type CounterDefinition<Label extends string> = MetricDefinition<Label> & { readonly type: 'counter' };
/** A definition of a gauge. */
export type GaugeDefinition<Label extends string> = MetricDefinition<Label> & { readonly type: 'gauge' };
/** A definition of a histogram. */
export type HistogramDefinition<Label extends string> = MetricDefinition<Label> & { readonly type: 'histogram' };

/** What a metric is called and what it tells. */
export interface MetricText<Label extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels?: readonly Label[];
}

/** Declares a counter; its name ends in `_total`. */
export function counter<const Label extends string = never>(text: MetricText<Label>): CounterDefinition<Label> {
  return { type: 'counter', name: text.name, help: text.help, labels: text.labels ?? [] };
}

/** Declares a gauge. */
export function gauge<const Label extends string = never>(text: MetricText<Label>): GaugeDefinition<Label> {
  return { type: 'gauge', name: text.name, help: text.help, labels: text.labels ?? [] };
}

/** Declares a histogram with its buckets' upper bounds. */
export function histogram<const Label extends string = never>(
  text: MetricText<Label> & { readonly buckets: readonly number[] },
): HistogramDefinition<Label> {
  return { type: 'histogram', name: text.name, help: text.help, labels: text.labels ?? [], buckets: text.buckets };
}

/** The metrics of a component under the names its code uses; each component has one, in `metrics.ts`. */
export type MetricDefinitions = Readonly<Record<string, MetricDefinition>>;
