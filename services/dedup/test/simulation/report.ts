import { type Findings, type SeamWidth } from './findings.ts';
import { type Scenario } from './world.ts';

/** Upper ends of the classes of seam widths, in scrape intervals. */
const CLASSES = [0.5, 0.75, 1, 1.25, 1.5, 2.5, 3.5, Infinity];

/** What many runs have shown. */
export class Report {
  runs = 0;
  readonly failed: number[] = [];
  readonly #runs = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  readonly #invariants = new Map<string, number>();
  readonly #widths = new Map<string, number[]>();

  add(seed: number, scenario: Scenario, { violations, widths, counts }: Findings): void {
    this.runs++;
    add(this.#runs, scenario, 1);
    if (violations.length > 0) this.failed.push(seed);
    for (const invariant of new Set(violations.map((violation) => violation.invariant))) {
      add(this.#invariants, invariant, 1);
    }
    for (const [what, count] of counts) add(this.#counts, what, count);
    for (const width of widths) this.#addWidth(width);
  }

  /** The tables at the end of a run. */
  text(): string {
    return [
      `${this.runs} runs, ${this.failed.length} failed${this.failed.length > 0 ? `: ${this.failed.join(' ')}` : ''}`,
      ...table('runs by scenario', this.#runs),
      ...table('runs in which an invariant does not hold', this.#invariants),
      ...table('counted', this.#counts),
      'width of the seams of series both replicas scraped steadily, in scrape intervals',
      `  ${'up to'.padEnd(34)}${CLASSES.map((end) => String(end).padStart(9)).join('')}      most`,
      ...[...this.#widths].sort(byName).map(([label, widths]) => histogram(label, widths)),
    ].join('\n');
  }

  #addWidth({ label, intervals }: SeamWidth): void {
    const widths = this.#widths.get(label) ?? [];
    widths.push(intervals);
    this.#widths.set(label, widths);
  }
}

function histogram(label: string, widths: readonly number[]): string {
  // What is off by the jitter of scrapes belongs to the class below.
  const classOf = (width: number): number => CLASSES.findIndex((end) => width <= end + 0.001);
  const cells = CLASSES.map((_, i) => widths.filter((width) => classOf(width) === i).length);
  const most = widths.reduce((high, width) => Math.max(high, width), 0);
  return `  ${label.padEnd(34)}${cells.map((cell) => String(cell).padStart(9)).join('')}${most.toFixed(3).padStart(10)}`;
}

function table(title: string, counts: ReadonlyMap<string, number>): readonly string[] {
  if (counts.size === 0) return [];
  return [title, ...[...counts].sort(byName).map(([what, count]) => `  ${String(count).padStart(9)} ${what}`)];
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

function add(counts: Map<string, number>, what: string, by: number): void {
  counts.set(what, (counts.get(what) ?? 0) + by);
}
