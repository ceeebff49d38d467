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
  alerts: note(
    'alerts cluster/fingerprint; alerts cluster/group/group id',
    'Avro (`proto/avro/alert.avsc`): an alert as it stands; a tombstone when it is resolved and past its use. With the header kind `group`: when a group was opened, from which its ticks are counted (`proto/avro/alert-group.avsc`)',
  ),
  silences: note(
    'alerts cluster/id',
    'Avro (`proto/avro/silence.avsc`): a silence as it stands; a tombstone when it is past its retention',
  ),
  nflog: note(
    'alerts cluster/group key:receiver/integration/index; alerts cluster/claim/instance/group key:receiver/integration/index',
    'Avro (`proto/avro/notification-entry.avsc`): what an integration was last told of a group; a tombstone when that has expired. With the header kind `claim`: an instance means to notify (`proto/avro/notification-claim.avsc`); a tombstone when it does no longer',
  ),
  notifications: note(
    'group key:receiver/integration/index; group key:receiver (for all integrations)',
    'Avro (`proto/avro/notification-decision.avsc`, header kind `decision`): how a flush of a group ended, and why: sent, skipped, suppressed, failed, held or stopped, by which instance, at which position, after which wait, with which answers, kept back by which silences, alerts and time intervals. What an instance decides again and again is written once in 4 hours, and counted (`repeats`)',
  ),
  members: note(
    'alerts cluster/instance',
    'Avro (`proto/avro/member.avsc`): an instance of an alerts cluster lives, twice a second; a tombstone when it says good-bye',
  ),
  rejects: note(
    'source topic',
    'Avro (`proto/avro/reject.avsc`): a record that could not be processed or was refused by a target, and why',
  ),
};
