/** Requests and samples, counted somewhere. */
export interface Tally {
  readonly requests: number;
  readonly samples: number;
}

/** The programs that are measured. */
export const SUBJECTS = ['tandem-kafka', 'tandem-embedded', 'vmagent-zstd', 'vmagent-snappy'] as const;

/** One of them. */
export type SubjectId = (typeof SUBJECTS)[number];

/** What a subject is, for reports. */
export interface SubjectDescription {
  readonly id: SubjectId;
  /** For tables: `tandem ingest, Kafka`. */
  readonly title: string;
  readonly version: string;
  /** How it was configured, without addresses and paths. */
  readonly settings: readonly string[];
  /** What the program behind it is, whose CPU is reported apart. */
  readonly behind?: string;
}

/** A program that takes remote write, to be measured. */
export interface Subject {
  readonly description: SubjectDescription;
  readonly pid: number;
  /** Process behind it, whose CPU is reported apart. */
  readonly behindPid?: number;
  readonly writeUrl: string;
  /** Begins a run: what arrives from now on counts. */
  begin(): Promise<Arrival>;
  stop(): Promise<void>;
}

/** What becomes of what a subject acknowledged in one run. */
export interface Arrival {
  /** Resolves when the subject has nothing left to do for it, without making it work. */
  idle(): Promise<void>;
  /** Counts what arrived behind the subject. Called when its CPU has been read. */
  count(): Promise<Tally>;
}
