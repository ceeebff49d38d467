import { gauge } from '@tandem/telemetry';

/** Metrics of the configuration in force and of the program, by upstream's names. */
export const CONFIGURATION_METRICS = {
  hash: gauge({
    name: 'alertmanager_config_hash',
    help: 'Hash of the configuration file in force, the same number upstream gives it: instances of a cluster should agree.',
  }),
  lastReloadSuccessful: gauge({
    name: 'alertmanager_config_last_reload_successful',
    help: '1 when the configuration could be used the last time it was read, 0 when the one before stays.',
  }),
  lastReloadSuccess: gauge({
    name: 'alertmanager_config_last_reload_success_timestamp_seconds',
    help: 'When the configuration was last read and could be used.',
  }),
  buildInfo: gauge({
    name: 'alertmanager_build_info',
    help: 'Always 1; its labels tell the version of Tandem, the platform, and in goversion the version of Node.',
    labels: ['version', 'revision', 'branch', 'goversion', 'goos', 'goarch', 'tags'],
  }),
};
