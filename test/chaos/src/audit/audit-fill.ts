import { type Scraper, SCRAPE_INTERVAL_MS, seriesOfTarget } from '../load/scraper.ts';
import { type Sample, seriesName } from '../samples.ts';
import { type FillVerdict } from '../scenario/fill-amid-kills.ts';
import { type Contents } from './contents.ts';
import { Findings } from './findings.ts';

/** Who sent what. */
export interface FillAudit {
  readonly cluster: string;
  readonly targets: readonly string[];
  readonly scrapers: readonly Pick<Scraper, 'sent'>[];
}

/** The widest step of a series: half an interval more where it changes from one replica to the other. */
const WIDEST_MS = 1.5 * SCRAPE_INTERVAL_MS;

/**
 * Each series of the targets goes on in order, once, without a gap and without an end, from the first scrape to the last; and all of it
 * was scraped by one of them.
 */
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
    auditEnds(own, timesOf(series, scrapers), findings);
  }
  const elections = contents.elections.map(({ value }) => `${value.epoch} ${value.replica} ${value.reason}`);
  return { findings: findings.lines, filled, elections };
}

function auditSeries(own: readonly Sample[], scrapers: FillAudit['scrapers'], findings: Findings): void {
  for (const [i, { series, timestampMs, value }] of own.entries()) {
    const at = `${series}@${timestampMs}=${value}`;
    const beforeMs = own[i - 1]?.timestampMs ?? timestampMs - 1;
    if (Number.isNaN(value)) findings.add('an end', at);
    else if (!scrapers.some(({ sent }) => sent.has(at))) findings.add('not scraped', at);
    if (timestampMs <= beforeMs) findings.add('not in order', at);
    if (timestampMs - beforeMs > WIDEST_MS) findings.add('a gap', `${at} after ${beforeMs}`);
  }
}

/** A series that ends early has no neighbour that shows it. */
function auditEnds(own: readonly Sample[], scrapedMs: readonly number[], findings: Findings): void {
  const [first, last] = [own[0], own.at(-1)];
  if (first === undefined || last === undefined) return;
  const [fromMs, untilMs] = [Math.min(...scrapedMs), Math.max(...scrapedMs)];
  if (first.timestampMs - fromMs > WIDEST_MS)
    findings.add('begins late', `${first.series}@${first.timestampMs} after ${fromMs}`);
  if (untilMs - last.timestampMs > WIDEST_MS)
    findings.add('ends early', `${last.series}@${last.timestampMs} before ${untilMs}`);
}

/** When a series was scraped, by whomever, Unix ms. */
function timesOf(series: string, scrapers: FillAudit['scrapers']): readonly number[] {
  const prefix = `${series}@`;
  const places = scrapers.flatMap(({ sent }) => [...sent].filter((place) => place.startsWith(prefix)));
  return places.map((place) => parseInt(place.slice(prefix.length)));
}
