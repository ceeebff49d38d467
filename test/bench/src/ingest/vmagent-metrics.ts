/** What vmagent says of itself, as far as it tells whether everything went through. */
export interface VmagentMetrics {
  /** Requests of remote write it took. */
  readonly requestsRead: number;
  /** Blocks it put into its queue, and the rows in them. */
  readonly blocksMade: number;
  readonly rowsInBlocks: number;
  /** Blocks the remote end took. */
  readonly blocksSent: number;
}

/**
 * Reads `/metrics` of vmagent.
 *
 * @throws {Error} when a metric is missing
 */
export async function readMetrics(url: string): Promise<VmagentMetrics> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(10_000) });
  const text = await response.text();
  return {
    requestsRead: valueOf(text, 'vmagent_http_requests_total{path="/api/v1/write"'),
    blocksMade: valueOf(text, 'vmagent_remotewrite_block_size_rows_count', 0),
    rowsInBlocks: valueOf(text, 'vmagent_remotewrite_block_size_rows_sum', 0),
    blocksSent: valueOf(text, 'vmagent_remotewrite_blocks_sent_total'),
  };
}

/** @param absent what a metric stands at that is not there yet: histograms appear with their first value */
function valueOf(text: string, prefix: string, absent?: number): number {
  const line = text.split('\n').find((each) => each.startsWith(prefix));
  if (line === undefined && absent !== undefined) return absent;
  const value = Number(line?.slice(line.lastIndexOf(' ') + 1) ?? Number.NaN);
  if (Number.isNaN(value)) throw new Error(`cannot find ${prefix} among the metrics of vmagent`);
  return value;
}
