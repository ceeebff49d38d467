import { isDeepStrictEqual } from 'node:util';

import { ledgerOf } from '../ledger.ts';
import { type SimulatedStorage } from '../simulated-log.ts';
import { type TallyRow } from '../../src/ledger/tally.ts';
import { type Findings } from './findings.ts';
import { type Output } from './output.ts';

/** The two runs of a world. */
export interface Runs {
  readonly smooth: SimulatedStorage;
  readonly rough: SimulatedStorage;
}

/** L1, L2: both runs have counted the same, and what came in is what came out and what did not. */
export async function checkLedger({ smooth, rough }: Runs, output: Output, findings: Findings): Promise<void> {
  const [expected, found] = [await ledgerOf(smooth), await ledgerOf(rough)];
  for (const [i, row] of expected.entries()) {
    if (isDeepStrictEqual(row, found[i])) continue;
    findings.violate('L1', row.cluster ?? '', `smooth ${JSON.stringify(row)}, rough ${JSON.stringify(found[i])}`);
    return;
  }
  if (found.length !== expected.length) findings.violate('L1', '', `${expected.length} rows, and ${found.length}`);
  const out = [...output.samples.values()].reduce((sum, samples) => sum + samples.length, 0);
  const counted = sumOf(found, ({ emitted }) => emitted);
  if (counted !== out) findings.violate('L2', '', `${out} samples came out, ${counted} are counted`);
  const dropped = sumOf(found, (row) => Object.values(row.dropped).reduce((sum, samples) => sum + samples, 0));
  const received = sumOf(found, ({ samples }) => samples);
  const kept = sumOf(found, ({ emitted, caughtUp, filled, markers }) => emitted - caughtUp - filled - markers);
  if (received !== kept + dropped) findings.violate('L2', '', `received ${received}, kept ${kept}, dropped ${dropped}`);
}

function sumOf(rows: readonly TallyRow[], valueOf: (row: TallyRow) => number): number {
  return rows.reduce((sum, row) => sum + valueOf(row), 0);
}
