import { decimal, duration, integer, optionalText, text, texts, toggle, word } from './flag-kinds.ts';
import { type FlagValues } from './flag.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

const NO_GOSSIP = 'instances meet in the log, they do not gossip.';

const STORAGE_FLAGS = {
  'config.file': text('alertmanager.yml', { help: 'The configuration of alerts: routes, receivers, inhibition.' }),
  'storage.path': text('data/', {
    help: 'Directory of the embedded log. Snapshots of an Alertmanager that lie here are taken over at the first start.',
  }),
  'data.retention': duration('120h', 120 * HOUR_MS, {
    help: 'How long silences are kept after their end, and entries of the notification log at most.',
  }),
  'data.maintenance-interval': duration('15m', 15 * MINUTE_MS, {
    help: 'Time between two sweeps of silences and entries of the notification log that are past their retention.',
  }),
};

const LIMIT_FLAGS = {
  'silences.max-silences': integer(0, { help: 'Most silences, expired ones included. 0 or less: no limit.' }),
  'silences.max-silence-size-bytes': integer(0, { help: 'Largest silence, bytes. 0 or less: no limit.' }),
  'log.silences': toggle({ help: 'Log every change of a silence.', ignored: 'changes of silences are not logged.' }),
  'alerts.gc-interval': duration('30m', 30 * MINUTE_MS, { help: 'Time between two sweeps of alerts that are over.' }),
  'alerts.per-alertname-limit': integer(0, { help: 'Most alerts of one alert name. 0 or less: no limit.' }),
  'dispatch.maintenance-interval': duration('30s', 30 * SECOND_MS, {
    help: 'Time between two sweeps of empty groups.',
    ignored: 'an empty group is gone at once.',
  }),
  'dispatch.start-delay': duration('0s', 0, {
    help: 'How long after the start nothing is notified of. Not needed to be as long as Prometheus’ resend delay here: alerts are in the log.',
  }),
};

const WEB_FLAGS = {
  'web.systemd-socket': toggle({ help: 'Listen on sockets of systemd. Refused: not offered.' }),
  'web.listen-address': texts(':9093', { help: 'Where to listen. May be given again for more addresses.' }),
  'web.config.file': text('', { help: 'File with TLS, users and headers, as Prometheus’ exporter-toolkit reads it.' }),
  'web.external-url': text('', {
    help: 'The URL people reach this by; links in notifications begin with it. Without it, the name of the machine and the port.',
    placeholder: 'WEB.EXTERNAL-URL',
  }),
  'web.route-prefix': optionalText({ help: 'Prefix of every path. Without it, the path of --web.external-url.' }),
  'web.get-concurrency': integer(0, {
    help: 'Most GET requests at once. 0 or less: 8, or the number of processors where there are more.',
  }),
  'web.timeout': duration('0', 0, { help: 'Longest time of a request. 0 or less: no limit.' }),
  'auto-gomemlimit.ratio': decimal(0.9, { help: 'Share of the memory to use.', ignored: 'there is no Go here.' }),
};

const CLUSTER_FLAGS = {
  'cluster.listen-address': text('0.0.0.0:9094', {
    help: 'Names this instance among the others where no other flag does. Nothing listens on it. Empty: no cluster, this instance is alone.',
  }),
  'cluster.advertise-address': text('', {
    help: 'The address of this instance in the list of peers.',
    placeholder: 'CLUSTER.ADVERTISE-ADDRESS',
  }),
  'cluster.peer-name': text('', {
    help: 'Name of this instance, stable over restarts. Without it, made of its address.',
  }),
  'cluster.peer': texts(undefined, {
    help: 'Other instances. Accepted, not needed: instances of one label on one log are one cluster.',
    placeholder: 'CLUSTER.PEER',
  }),
  'cluster.peer-timeout': duration('5s', 5 * SECOND_MS, {
    help: 'How much longer each instance waits than the one before it, before it looks whether it has to send.',
  }),
  'cluster.settle-timeout': duration('1m0s', MINUTE_MS, {
    help: 'Longest wait for the log to be read to its end before the first notification.',
  }),
  'cluster.label': text('', { help: 'Name of the cluster: instances of the same label on the same log.' }),
};

const GOSSIP_FLAGS = {
  'cluster.peers-resolve-timeout': duration('15s', 15 * SECOND_MS, {
    help: 'Time to resolve peers.',
    ignored: NO_GOSSIP,
  }),
  'cluster.gossip-interval': duration('200ms', 200, { help: 'Time between two rounds of gossip.', ignored: NO_GOSSIP }),
  'cluster.pushpull-interval': duration('1m0s', MINUTE_MS, {
    help: 'Time between two full exchanges.',
    ignored: NO_GOSSIP,
  }),
  'cluster.tcp-timeout': duration('10s', 10 * SECOND_MS, { help: 'Of a stream to a peer.', ignored: NO_GOSSIP }),
  'cluster.probe-timeout': duration('500ms', 500, { help: 'Of a probe of a peer.', ignored: NO_GOSSIP }),
  'cluster.probe-interval': duration('1s', SECOND_MS, { help: 'Time between two probes.', ignored: NO_GOSSIP }),
  'cluster.reconnect-interval': duration('10s', 10 * SECOND_MS, {
    help: 'Time between two attempts to reach a lost peer.',
    ignored: NO_GOSSIP,
  }),
  'cluster.reconnect-timeout': duration('6h0m0s', 6 * HOUR_MS, {
    help: 'How long a lost peer is looked for.',
    ignored: NO_GOSSIP,
  }),
  'cluster.tls-config': text('', {
    help: 'TLS between peers.',
    ignored: `${NO_GOSSIP} TLS to the log is in the Tandem configuration.`,
  }),
  'cluster.allow-insecure-public-advertise-address-discovery': toggle({
    help: 'Advertise a public address that was found.',
    ignored: NO_GOSSIP,
  }),
};

const PROCESS_FLAGS = {
  'enable-feature': text('', {
    help: 'Features by commas: classic-mode, utf8-strict-mode, receiver-name-in-metrics, alert-names-in-metrics, group-key-in-metrics, event-recorder, auto-gomemlimit.',
  }),
  'log.level': word('log level', ['debug', 'info', 'warn', 'error'], {
    fallback: 'info',
    help: 'Least level of the lines that are logged: debug, info, warn or error.',
  }),
  'log.format': word('log format', ['logfmt', 'json'], {
    fallback: 'logfmt',
    help: 'How log lines are written: logfmt or json.',
  }),
  'tandem.config-file': optionalText({
    help: 'The Tandem configuration: where the log is, and the section alerts. Each of its keys is a flag too: --tandem.stream.driver=kafka.',
    placeholder: 'FILE',
  }),
};

/** Flags of `tandem alerts`: those of Alertmanager 0.34 with its defaults (but for the peer timeout: decision 27), and ours. */
export const ALERT_FLAGS = {
  ...STORAGE_FLAGS,
  ...LIMIT_FLAGS,
  ...WEB_FLAGS,
  ...CLUSTER_FLAGS,
  ...GOSSIP_FLAGS,
  ...PROCESS_FLAGS,
};

/** What the flags of `tandem alerts` say. */
export type AlertFlags = FlagValues<typeof ALERT_FLAGS>;
