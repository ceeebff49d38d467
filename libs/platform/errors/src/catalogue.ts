/** What kind of trouble a code stands for; services map it to an HTTP status or an exit code. */
export type ErrorCategory =
  /** The caller sent something wrong: sending it again changes nothing. */
  | 'input'
  /** The configuration, or what it points at, is wrong. */
  | 'config'
  /** Something outside did not answer or refused for now. */
  | 'unavailable'
  /** A bound was reached: size, memory, disk. */
  | 'limit'
  /** Somebody else holds what was asked for. */
  | 'conflict'
  /** It was used in a state in which it cannot be used, after `close` for example. */
  | 'state';

/** One row of the error reference. */
export interface CatalogueEntry {
  /** What happened, one sentence. */
  readonly meaning: string;
  /** What an operator does about it, one sentence. */
  readonly remedy: string;
  readonly category: ErrorCategory;
  /** Whether the same call may succeed later with nothing changed but the outside world. */
  readonly retryable: boolean;
}

const entry = (
  category: ErrorCategory,
  retryable: boolean,
  text: { readonly meaning: string; readonly remedy: string },
): CatalogueEntry => ({ ...text, category, retryable });

/** Every error code of Tandem. A code that is raised is here, and what is here is raised: a test holds both. */
export const ERROR_CATALOGUE = {
  TANDEM_ALERTS_CONFIG: entry('config', false, {
    meaning: 'What alertmanager.yml says, or a template it names, cannot be used.',
    remedy:
      'Correct what the message names, with its line and column; tandem check alerts says the same without a start.',
  }),
  TANDEM_ALERTS_SNAPSHOT: entry('config', false, {
    meaning: 'A snapshot file of Alertmanager in --storage.path cannot be read; the message says where.',
    remedy: 'Take the file from a backup, or move it away: then its silences, or what was told last, are not known.',
  }),
  TANDEM_HTTP_HANDLER_FAILED: entry('state', false, {
    meaning: 'A request was answered 500: its handler failed in a way that was not foreseen.',
    remedy: 'Report it together with the log line: it is a defect.',
  }),
  TANDEM_LEASE_UNAVAILABLE: entry('unavailable', true, {
    meaning: 'The lease store could not be asked. The stream goes on; elections are shown as degraded.',
    remedy: 'Check that the store in lease.driver runs and can be reached, and its credentials.',
  }),
  TANDEM_LIFECYCLE_START_TIMEOUT: entry('unavailable', true, {
    meaning: 'A component was not started within its deadline.',
    remedy: 'Look at what it waits for: the log lines of the component before this one tell.',
  }),
  TANDEM_LIFECYCLE_STATE: entry('state', false, {
    meaning: 'A component was used at the wrong time: started after its end, or asked before its start.',
    remedy: 'Start the process again: a component lives once. If it repeats, report it.',
  }),
  TANDEM_LIFECYCLE_STOP_TIMEOUT: entry('unavailable', false, {
    meaning: 'A component did not stop within its deadline; the process ends without it.',
    remedy:
      'Nothing acknowledged is lost. If it repeats, look at what the component waited for, or raise the deadline.',
  }),
  TANDEM_LOG_CLOSED: entry('state', false, {
    meaning: 'The log was used after it had been closed, usually while the process stops.',
    remedy: 'None while stopping; otherwise report it.',
  }),
  TANDEM_LOG_FENCED: entry('conflict', false, {
    meaning: 'Another member took the partition over: this one can no longer commit.',
    remedy: 'None for a single event; if partitions keep moving, look for slow or overloaded members.',
  }),
  TANDEM_LOG_FULL: entry('limit', true, {
    meaning: 'The log has no room: the disk is full, or its queue of records that wait to be written.',
    remedy: 'Free disk space, shorten the retention, or lower the rate; senders send again.',
  }),
  TANDEM_LOG_MISCONFIGURED: entry('config', false, {
    meaning: 'The log is set in a way the stream cannot work with.',
    remedy: 'Change the setting the message names.',
  }),
  TANDEM_LOG_TOO_LARGE: entry('limit', false, {
    meaning: 'A record is larger than the log takes.',
    remedy: 'Raise the limit of the topic and the broker, or let senders send smaller requests.',
  }),
  TANDEM_LOG_UNAVAILABLE: entry('unavailable', true, {
    meaning: 'The log could not be reached or did not acknowledge in time.',
    remedy: 'Check the brokers or the disk; senders send again by themselves.',
  }),
  TANDEM_LOG_UNKNOWN_TOPIC: entry('config', false, {
    meaning: 'A topic does not exist.',
    remedy: 'Run "tandem topics create", and check stream.kafka.topic_prefix.',
  }),
  TANDEM_RECEIVERS_CONFIG: entry('config', false, {
    meaning:
      'A receiver of alertmanager.yml cannot be sent to: an integration or a setting that is not supported yet, or a certificate that cannot be read.',
    remedy:
      'Correct what the message names; the configuration before it stays in force. "tandem check alerts" says the same.',
  }),
  TANDEM_SERVER_ADDRESS: entry('config', false, {
    meaning: 'The listen address cannot be used on this machine, or not with these rights.',
    remedy: 'Give an address of this machine and a port the process may open in web.listen_address.',
  }),
  TANDEM_SERVER_ADDRESS_IN_USE: entry('config', true, {
    meaning: 'Another process listens on the address already.',
    remedy: 'Stop the other process, or choose another port in web.listen_address.',
  }),
  TANDEM_SERVER_WEB_CONFIG: entry('config', false, {
    meaning: 'The file of --web.config.file, or a certificate or key it names, cannot be used.',
    remedy: 'Correct what the message names; a running process goes on with what it read before.',
  }),
} as const satisfies Readonly<Record<string, CatalogueEntry>>;

/** Every code there is. */
export type ErrorCode = keyof typeof ERROR_CATALOGUE;

/** Whether a string is a code of the catalogue. */
export function isErrorCode(value: unknown): value is ErrorCode {
  return typeof value === 'string' && Object.hasOwn(ERROR_CATALOGUE, value);
}
