import { type TopicId } from '@tandem/stream';

/** What a topic's records are, for people. */
export interface TopicNote {
  readonly key: string;
  readonly value: string;
}

const note = (key: string, value: string): TopicNote => ({ key, value });
/** Topics that are created so that nothing has to be moved when their service comes; nothing writes to them yet. */
const reserved = (key: string): TopicNote => note(key, 'reserved: nothing is written to it in this version');

/** Keys and values of every topic. */
export const TOPIC_NOTES: Readonly<Record<TopicId, TopicNote>> = {
  samples: note(
    'tenant/cluster; tenant/cluster/shard (spread clusters); tenant//partition (series of no pair); tenant (metadata; senders)',
    'a remote-write body of one tenant, cluster and replica, snappy, as received where possible. Headers: version, tenant, cluster, replica, shard, protocol, samples, min-ts, max-ts, received-at, down-targets. Or, with the header kind `command`, an operator’s command (`proto/avro/command.avsc`); with the kind `settings`, key //settings, settings that are in force behind it (`proto/avro/settings.avsc`); with the kind `barrier`, an election of a spread cluster as it takes effect in a shard (`proto/avro/barrier.avsc`); with the kind `sender`, that a sender without one of the two labels was heard (`proto/avro/sender.avsc`)',
  ),
  deduped: note(
    'as in samples',
    'the same without the replica label and without repeats. Headers as in samples, and epoch, source-partition, source-offset, high-ts, watermark; `fill` where a target is filled from a standby (offset at which that began; `replica` is then the standby); `out-of-order: true` where all samples are older than the last one of their series. Or a watermark: no key, no value, the headers version, kind `watermark` and watermark (Unix ms): what comes behind it in order is later, but for what is late (its min-ts tells). Read committed transactions only',
  ),
  elections: note('tenant/cluster', 'Avro (`proto/avro/election.avsc`): one record for each election'),
  clusters: note(
    'tenant/cluster; tenant/cluster/shard; tenant//sender/cluster/replica; //settings; //settings/heartbeats',
    'Avro (`proto/avro/cluster.avsc`): the election as it stands. With the header kind `settings`: the settings by which the partition is judged (`proto/avro/settings-in-force.avsc`); with the kind `shard`: what a shard of a spread cluster follows (`proto/avro/shard.avsc`); with the kind `sender`: a sender without one of the two labels (`proto/avro/sender.avsc`)',
  ),
  heartbeats: note(
    'tenant/cluster; //settings/heartbeats',
    'Avro (`proto/avro/heartbeat.avsc`): once a second what ingest has appended of a replica of a spread cluster; and operators’ commands of such clusters (header kind `command`), and settings by which they are elected from there on (kind `settings`, key //settings/heartbeats)',
  ),
  commands: note(
    'tenant/cluster; //settings; //settings/heartbeats',
    'Avro (`proto/avro/command.avsc`): what operators wanted of a cluster, who, when, why, and what came of it. With the header kind `settings`: settings that were met in samples or heartbeats, and what came of them (`proto/avro/settings.avsc`)',
  ),
  ledger: note(
    'tenant/cluster; tenant/ (series of no pair)',
    'Avro (`proto/avro/ledger-row.avsc`): what a replica sent in a minute and what became of it. Rows are parts: readers add them up',
  ),
  tallies: note(
    'none',
    'Avro (`proto/avro/tally.avsc`): what each transaction counted since the last rows of the ledger',
  ),
  partials: reserved('rule and output labels'),
  rollups: reserved('output series'),
  alerts: reserved('alerts cluster/fingerprint'),
  silences: reserved('alerts cluster/id'),
  nflog: reserved('alerts cluster/group key:receiver/integration/index'),
  notifications: reserved('group key:receiver/integration/index'),
  members: reserved('service/instance'),
  rejects: note(
    'source topic',
    'Avro (`proto/avro/reject.avsc`): a record that could not be processed or was refused by a target, and why',
  ),
};
