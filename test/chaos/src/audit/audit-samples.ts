import { type SamplesHeaders } from '@tandem/records';

import { type Ledger } from '../load/ledger.ts';
import { placeOf, type Sample } from '../samples.ts';
import { type Opened } from './contents.ts';
import { type Findings } from './findings.ts';

/** Every acknowledged sample is in `samples`, first copies in the order they were sent, and nothing else is. */
export function auditSamples(records: readonly Opened<SamplesHeaders>[], ledger: Ledger, findings: Findings): void {
  const audit = new SamplesAudit(ledger, findings);
  for (const record of records) audit.record(record);
  audit.end();
}

class SamplesAudit {
  readonly #ledger: Ledger;
  readonly #findings: Findings;
  readonly #seen = new Set<string>();
  /** By series and replica, Unix ms. */
  readonly #newestMs = new Map<string, number>();

  constructor(ledger: Ledger, findings: Findings) {
    this.#ledger = ledger;
    this.#findings = findings;
  }

  record(record: Opened<SamplesHeaders>): void {
    const at = `${record.partition}/${record.offset}`;
    auditOwner(record, at, this.#findings);
    for (const sample of record.samples) {
      const entry = this.#ledger.entry(sample);
      const told = `${placeOf(sample)} at ${at}`;
      if (entry?.value !== sample.value) this.#findings.add('in samples, never sent', `${told}: ${sample.value}`);
      if (this.#isLate(sample) && entry?.acknowledged === true) {
        this.#findings.add('acknowledged, but behind a newer one in samples', told);
      }
    }
  }

  end(): void {
    for (const [place, { acknowledged }] of this.#ledger.entries) {
      if (acknowledged && !this.#seen.has(place)) this.#findings.add('acknowledged, not in samples', place);
    }
  }

  /** Whether the first copy of a sample comes behind a newer sample of its sender. */
  #isLate(sample: Sample): boolean {
    const place = placeOf(sample);
    if (this.#seen.has(place)) return false;
    this.#seen.add(place);
    const sender = `${sample.series}{${sample.replica}}`;
    const newest = this.#newestMs.get(sender) ?? -Infinity;
    if (sample.timestampMs > newest) this.#newestMs.set(sender, sample.timestampMs);
    return sample.timestampMs < newest;
  }
}

/** The headers say whose the samples are. */
function auditOwner({ headers, samples }: Opened<SamplesHeaders>, at: string, findings: Findings): void {
  const replica = headers.pair?.replica ?? '';
  const cluster = headers.pair?.cluster ?? '-';
  const isOwn = (sample: Sample): boolean => sample.replica === replica && sample.series.startsWith(`${cluster}/`);
  if (!samples.every(isOwn)) findings.add('headers of samples that say otherwise than the body', at);
}
