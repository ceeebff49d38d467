import { DEFAULT_ELECTION_SETTINGS, ElectionTable, type ElectionSettings } from '../src/index.ts';

/** Short words for verdicts, as in the conformance table. */
export type Word = 'ok' | 'dup' | 'many' | 'crowded' | 'empty';

const WORDS = {
  'too-many-clusters': 'many',
  'too-many-replicas': 'crowded',
  standby: 'dup',
  'no-samples': 'empty',
} as const;

/** Settings with no jitter and no limit, all times in seconds. */
export function settingsOf(
  updateTimeout: number,
  failoverTimeout: number,
  more: Partial<ElectionSettings> = {},
): ElectionSettings {
  return {
    ...DEFAULT_ELECTION_SETTINGS,
    updateTimeoutMs: updateTimeout * 1000,
    updateTimeoutJitterMs: 0,
    failoverTimeoutMs: failoverTimeout * 1000,
    maxClusters: 0,
    ...more,
  };
}

/** An ordered log of records, written as the conformance table writes them. Times are seconds from 0. */
export class ClusterLog {
  readonly table: ElectionTable;

  constructor(settings: ElectionSettings, table?: ElectionTable) {
    this.table = table ?? new ElectionTable(settings);
  }

  /** Judges a record of `[tenant/]cluster/replica`; its samples are `sampleTime` (the append time by default). */
  check(seconds: number, name: string, sampleTime = seconds): Word {
    const [replica = '', cluster = '', tenant = 'user'] = name.split('/').reverse();
    const timestampMs = seconds * 1000;
    this.table.advance(timestampMs);
    const decision = this.table.judge({
      tenant,
      cluster: `${tenant}/${cluster}`,
      replica,
      timestampMs,
      minTimestampMs: sampleTime * 1000,
      maxTimestampMs: sampleTime * 1000,
    });
    return decision.verdict === 'drop' ? WORDS[decision.reason] : 'ok';
  }

  /** The elected replica and its receivedAt in seconds, `r1@0.5`; `none` where nobody is. */
  elected(name: string): string {
    const [cluster = '', tenant = 'user'] = name.split('/').reverse();
    const state = this.table.get(`${tenant}/${cluster}`);
    return state?.kind === 'elected' ? `${state.replica}@${state.receivedAtMs / 1000}` : 'none';
  }

  /** The receivedAt that was announced last, in seconds. */
  announced(name: string): number | undefined {
    const [cluster = '', tenant = 'user'] = name.split('/').reverse();
    const state = this.table.get(`${tenant}/${cluster}`);
    return state?.kind === 'elected' ? state.announcedAtMs / 1000 : undefined;
  }
}
