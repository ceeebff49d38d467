import { conclusion, type Explanation, type JudgedCopy, type Unmatched } from './explanation.ts';
import { formatJson } from './report.ts';
import { formatValue, type SampleKind, type SeriesSample } from './series-window.ts';
import { formatFields, formatTable, printable } from './table.ts';
import { formatSpan, formatTime, NOTHING, rfc3339 } from './times.ts';
import { verdictText } from './verdict-text.ts';

/** For programs: times are RFC 3339, values text as in Prometheus' API, `null` where there is no number. */
export function explanationJson(explanation: Explanation): string {
  const { name, partition, shard, series, timeMs, windowMs, copies, unmatched } = explanation;
  return formatJson({
    tenant: name.tenant,
    cluster: name.cluster,
    series,
    time: rfc3339(timeMs),
    window_seconds: windowMs / 1000,
    partition,
    shard,
    copies: copies.map((copy) => copyJson(copy, partition)),
    came_out_without_copy: unmatched.map((output) => ({
      time: rfc3339(output.timestampMs),
      ...valueJson(output),
      replica: output.replica,
      epoch: output.epoch,
      deduped_offset: output.offset,
      source_offset: output.sourceOffset,
      origin: output.origin,
    })),
    conclusion: conclusion(explanation),
  });
}

function copyJson(copy: JudgedCopy, partition: number): unknown {
  const { verdict, elected } = copy;
  return {
    time: rfc3339(copy.timestampMs),
    ...valueJson(copy),
    replica: copy.replica,
    appended: rfc3339(copy.appendedMs),
    offset: copy.offset,
    elected: elected?.replica ?? null,
    elected_epoch: elected?.epoch ?? null,
    verdict: verdict.kind,
    epoch: 'epoch' in verdict ? verdict.epoch : null,
    deduped_offset: 'deduped' in verdict ? verdict.deduped : null,
    repeat_of_offset: verdict.kind === 'repeat' ? verdict.of : null,
    detail: verdictText(verdict, partition),
  };
}

function valueJson(sample: SeriesSample): { readonly value: string | null; readonly kind: SampleKind } {
  return { value: sample.kind === 'float' ? formatValue(sample) : null, kind: sample.kind };
}

/** For people. */
export function explanationText(explanation: Explanation): string {
  const { name, series, timeMs, windowMs, copies, unmatched, partition, shard } = explanation;
  const fields = formatFields([
    ['series', series],
    ['cluster', name.cluster],
    ['tenant', name.tenant],
    ...(shard === null ? [] : [['shard', String(shard)] as const]),
    ['time', `${formatTime(timeMs)} ± ${formatSpan(windowMs)}`],
  ]);
  return [
    fields,
    ...(copies.length === 0 ? [] : [copiesTable(copies, partition)]),
    ...(unmatched.length === 0 ? [] : [`Came out of no copy above:\n\n${unmatchedTable(unmatched, partition)}`]),
    printable(conclusion(explanation)),
  ].join('\n\n');
}

function copiesTable(copies: readonly JudgedCopy[], partition: number): string {
  const rows = copies.map((copy) => [
    formatTime(copy.timestampMs),
    formatValue(copy),
    copy.replica,
    formatTime(copy.appendedMs),
    `${partition}/${copy.offset}`,
    verdictText(copy.verdict, partition),
  ]);
  return formatTable(['TIME', 'VALUE', 'REPLICA', 'APPENDED', 'PARTITION/OFFSET', 'VERDICT'], rows);
}

const ORIGINS: Readonly<Record<Unmatched['origin'], string>> = {
  'made-at-seam': 'made at the seam: the replica elected then does not have the series',
  'made-in-fill': 'made while its target was filled: neither replica has the series any more',
  'source-unread': 'its record is not among those read: --search reads on, or retention has removed it',
  unknown: 'not known: its record was read, and no such sample found',
};

function unmatchedTable(unmatched: readonly Unmatched[], partition: number): string {
  const rows = unmatched.map((output) => [
    formatTime(output.timestampMs),
    formatValue(output),
    output.epoch === null ? NOTHING : String(output.epoch),
    `${partition}/${output.offset}`,
    `${partition}/${output.sourceOffset}`,
    ORIGINS[output.origin],
  ]);
  return formatTable(['TIME', 'VALUE', 'EPOCH', 'DEDUPED', 'BY', 'ORIGIN'], rows);
}
