import { Int32List } from './int32-list.ts';
import { Items } from './items.ts';

/** What a walker knows of the series it stands on. Offsets are into the request; -1 where there is nothing. */
export class SeriesState {
  /** Where its field begins, the tag included. */
  from = 0;
  /** Where its message begins. */
  bodyFrom = 0;
  to = 0;
  clusterFrom = -1;
  clusterTo = -1;
  replicaFrom = -1;
  replicaTo = -1;
  /** Its metric name, among the texts of the walker. */
  metricFrom = -1;
  metricTo = -1;
  exemplars = 0;
  /** 2.0: messages of metadata. */
  metadata = 0;
  /** 2.0: where its metadata says the metric's type. */
  typeAt = -1;
  /** Fingerprint, when the walker was asked for it. */
  high = 0;
  low = 0;
  readonly items = new Items();
  /** Spans (from, to) that make up the replica label, ascending. */
  readonly replicaSpans = new Int32List();

  reset(from: number, bodyFrom: number, to: number): void {
    this.from = from;
    this.bodyFrom = bodyFrom;
    this.to = to;
    this.clusterFrom = this.clusterTo = this.replicaFrom = this.replicaTo = -1;
    this.metricFrom = this.metricTo = this.typeAt = -1;
    this.exemplars = this.metadata = 0;
    this.high = this.low = 0;
    this.items.clear();
    this.replicaSpans.clear();
  }
}

/** The name and the value of a label, as offsets into the request. */
export interface LabelSpan {
  nameFrom: number;
  nameTo: number;
  valueFrom: number;
  valueTo: number;
}
