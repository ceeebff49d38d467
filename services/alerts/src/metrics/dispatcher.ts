import { gauge, histogram, counter, type Instruments } from '@tandem/telemetry';

/** Metrics of routing and of groups, as Alertmanager's of these names. */
export const DISPATCHER_METRICS = {
  groups: gauge({ name: 'alertmanager_dispatcher_aggregation_groups', help: 'Groups of alerts that are open.' }),
  processing: histogram({
    name: 'alertmanager_dispatcher_alert_processing_duration_seconds',
    help: 'Time to take the alerts of a post into their groups.',
    buckets: [0.0001, 0.001, 0.01, 0.1, 1],
  }),
  failedFlushes: counter({
    name: 'tandem_alerts_broken_flushes_total',
    help: 'Flushes that ended with an error of the program itself; the next tick tries again.',
  }),
  receivers: gauge({ name: 'alertmanager_receivers', help: 'Receivers of the configuration in force.' }),
  integrations: gauge({
    name: 'alertmanager_integrations',
    help: 'Integrations of its receivers that routes name.',
  }),
  inhibitionRules: gauge({
    name: 'alertmanager_inhibition_rules',
    help: 'Inhibition rules of the configuration in force.',
  }),
};

/** The instruments of the dispatcher. */
export type DispatcherMetrics = Instruments<typeof DISPATCHER_METRICS>;
