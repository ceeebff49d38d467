import { type Environment } from '../measure/environment.ts';
import { type AlertsRun } from './run.ts';
import { type AlertsSubjectId } from './subject.ts';
import { type AlertsShape } from './workload.ts';

/** Everything one run of the benchmark found: what `results/alerts.json` holds. */
export interface AlertsResult {
  readonly benchmark: 'alerts';
  readonly environment: Environment;
  readonly settings: {
    readonly rounds: number;
    readonly shape: AlertsShape;
    readonly grown: AlertsShape;
    readonly silences: number;
    readonly replicas: number;
    readonly resendMs: number;
    readonly minutes: number;
    readonly batch: number;
  };
  readonly subjects: readonly {
    readonly id: AlertsSubjectId;
    readonly version: string;
    readonly settings: readonly string[];
  }[];
  readonly runs: readonly (AlertsRun & { readonly round: number })[];
}
