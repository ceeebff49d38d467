import { type Scraper, SCRAPE_INTERVAL_MS, seriesOfTarget } from '../load/scraper.ts';
import { type Sample, seriesName } from '../samples.ts';
import { type FillVerdict } from '../scenario/fill-amid-kills.ts';
import { type Contents } from './contents.ts';
import { Findings } from './findings.ts';

/** Who sent what. */
export interface FillAudit {
  readonly cluster: string;
  readonly targets: readonly string[];
  readonly scrapers: readonly Scraper[];
}

/** Each series of the targets goes on in order, once, without a gap and without an end; and all of it was scraped by one of them. */
export function auditFill(contents: Contents, { cluster, targets, scrapers }: FillAudit): FillVerdict {
  const findings = new Findings();
  const isFill = ({ headers }: Contents['deduped'][number]): boolean => headers.fill !== undefined;
  const filled = contents.deduped.filter(isFill).reduce((sum, { samples }) => sum + samples.length, 0);
  const all = contents.deduped.flatMap(({ samples }) => samples);
  for (const target of targets) {
    const series = seriesName(cluster, seriesOfTarget(target));
    const own = all.filter((sample) => sample.series === series);
    if (own.length === 0) findings.add('nothing of', series);
    auditSeries(own, scrapers, findings);
  }
  const elections = contents.elections.map(({ value }) => `${value.epoch} ${value.replica} ${value.reason}`);
  return { findings: findings.lines, filled, elections };
}

function auditSeries(own: readonly Sample[], scrapers: readonly Scraper[], findings: Findings): void {
  for (const [i, { series, timestampMs, value }] of own.entries()) {
    const at = `${series}@${timestampMs}=${value}`;
    const beforeMs = own[i - 1]?.timestampMs ?? timestampMs - 1;
    if (Number.isNaN(value)) findings.add('an end', at);
    else if (!scrapers.some(({ sent }) => sent.has(at))) findings.add('not scraped', at);
    if (timestampMs <= beforeMs) findings.add('not in order', at);
    if (timestampMs - beforeMs > 1.5 * SCRAPE_INTERVAL_MS) findings.add('a gap', `${at} after ${beforeMs}`);
  }
}
