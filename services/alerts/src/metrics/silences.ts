import { counter, gauge, type Instruments } from '@tandem/telemetry';

/** Metrics of silences, as Alertmanager's of these names. */
export const SILENCE_METRICS = {
  silences: gauge({
    name: 'alertmanager_silences',
    help: 'Silences that are known, by state: active, pending, expired.',
    labels: ['state'],
  }),
  maintenance: counter({
    name: 'alertmanager_silences_maintenance_total',
    help: 'Times silences past their retention were looked for.',
  }),
  maintenanceErrors: counter({
    name: 'alertmanager_silences_maintenance_errors_total',
    help: 'Times they could not be removed, because the log was away.',
  }),
};

/** The instruments of silences. */
export type SilenceMetrics = Instruments<typeof SILENCE_METRICS>;
