import { type Label } from '@tandem/series';

export interface ExpositionSample {
  /** `__name__` first, then as written. */
  readonly labels: readonly Label[];
  readonly value: number;
  /** Absent: the time of the scrape. */
  readonly timestampMs?: number;
}

export interface MetricFamily {
  readonly name: string;
  readonly type?: string;
  readonly help?: string;
}

export type ParseResult =
  | { readonly ok: true; readonly samples: readonly ExpositionSample[]; readonly families: readonly MetricFamily[] }
  | { readonly ok: false; readonly line: number; readonly message: string };

/** Parses the text format 0.0.4. */
export declare function parseText(text: string): ParseResult;
