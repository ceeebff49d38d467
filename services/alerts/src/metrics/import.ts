import { counter } from '@tandem/telemetry';

/** Metrics of the import of Alertmanager's snapshot files. */
export const IMPORT_METRICS = {
  records: counter({
    name: 'tandem_alerts_imported_records_total',
    help: 'Records of snapshot files in --storage.path, by file (silences, nflog) and outcome: taken (the log has them, or newer ones), expired (past their time, and left out).',
    labels: ['file', 'outcome'],
  }),
};
