import { FillTable, type FillSource, type FillStep } from '@tandem/election';
import { clusterId, type DedupedHeaders } from '@tandem/records';
import { type SeriesTracker } from '@tandem/remote-write';

import { keyText } from '../bytes.ts';
import { type LaneOptions } from '../seam/cluster-lane.ts';
import { fillSettingsResolver } from './fill-overrides.ts';

/** What a fill looks back at. */
export interface FillStretch {
  readonly step: FillStep;
  /** Offset at which its term began. */
  readonly term: number;
  /** Samples from this time on, Unix ms. */
  readonly sinceMs: number;
}

/** The table of a term, by the settings at its place: those that came later must not matter. */
export function tableOf({ state, name }: Pick<LaneOptions, 'state' | 'name'>, { offset }: FillStep): FillTable {
  const settingsOf = fillSettingsResolver(state.inForce.at(offset));
  return new FillTable(settingsOf(name.tenant, clusterId(name.tenant, name.cluster)).up);
}

/** Shows a table what went on, before a step, of the targets that it adds. */
export async function surveyFill(
  { state, unwritten, key }: Pick<LaneOptions, 'state' | 'unwritten' | 'key'>,
  table: FillTable,
  { step: { offset, elected, standby }, term, sinceMs }: FillStretch,
): Promise<void> {
  const noting = (by: FillSource): SeriesTracker => {
    const note = table.noting(by);
    return {
      advance: (high, low, timestampMs, item) => {
        if (timestampMs >= sinceMs) note(high, low, timestampMs, item);
        return true;
      },
    };
  };
  const trackers = { elected: noting('elected'), standby: noting('standby'), other: noting('other') };
  const sourceOf = (replica: string | undefined): FillSource =>
    replica === elected ? 'elected' : replica === standby ? 'standby' : 'other';
  // Done a second time, after a crash, there is more than there was then.
  const wasThere = ({ sourceOffset, fill = -1 }: DedupedHeaders): boolean => sourceOffset < offset && fill < term;
  const outputs = unwritten().flatMap((transaction) => transaction.outputs);
  await state.history.show({ key: keyText(key), sinceMs, unwritten: outputs }, (headers) =>
    wasThere(headers) ? trackers[sourceOf(headers.pair?.replica)] : undefined,
  );
}
