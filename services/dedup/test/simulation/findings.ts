/** An invariant that does not hold. */
export interface Violation {
  readonly invariant: string;
  /** Record key of the cluster. */
  readonly cluster: string;
  readonly detail: string;
}

/** How wide a seam of a series is. */
export interface SeamWidth {
  /** Scenario, and how far the successor's clock is ahead. */
  readonly label: string;
  /** In scrape intervals. */
  readonly intervals: number;
}

const MAX_LINES = 10;

/** What the checks of one run have found. */
export class Findings {
  readonly violations: Violation[] = [];
  readonly widths: SeamWidth[] = [];
  readonly counts = new Map<string, number>();

  /** What does not hold, in words. */
  lines(): readonly string[] {
    const told = this.violations.slice(0, MAX_LINES);
    return [
      `${this.violations.length} violations:`,
      ...told.map(({ invariant, cluster, detail }) => `  ${invariant} ${cluster}: ${detail}`),
    ];
  }

  violate(invariant: string, cluster: string, detail: string): void {
    this.violations.push({ invariant, cluster, detail });
  }

  count(what: string, by = 1): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + by);
  }
}
