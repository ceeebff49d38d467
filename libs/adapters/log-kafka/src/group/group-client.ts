import { type Cluster } from '../cluster/cluster.ts';
import { type BrokerConnection } from '../wire/connection.ts';
import { BrokerError, expectOk } from '../wire/errors.ts';
import { persist } from '../wire/retry.ts';
import { assignPartitions, type TopicPartition } from './assignment.ts';
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription } from './consumer-protocol.ts';

/** Times of a membership. */
export interface GroupTimes {
  /** A member not heard of for this long is out, ms. */
  readonly sessionTimeoutMs: number;
  readonly requestTimeoutMs: number;
}

/** Who a member is, and in which generation of the group. */
export interface Generation {
  readonly memberId: string;
  readonly generationId: number;
}

type Joined = Generation & { readonly assigned: readonly TopicPartition[] };

const PROTOCOL = 'tandem-sticky';
const MEMBER_ID_REQUIRED = 79;

/** Speaks the group protocol with the coordinator, over a connection of its own: joining waits for the other members. */
export class GroupClient {
  readonly #cluster: Cluster;
  readonly #group: string;
  readonly #topics: readonly string[];
  readonly #times: GroupTimes;
  #connection: BrokerConnection | undefined;
  #connecting: Promise<BrokerConnection> | undefined;

  constructor(cluster: Cluster, group: string, topics: readonly string[], times: GroupTimes) {
    this.#cluster = cluster;
    this.#group = group;
    this.#topics = topics;
    this.#times = times;
  }

  /** Joins (again) and waits for the assignment. `memberId` is empty for a new member. */
  async join(memberId: string, owned: readonly TopicPartition[]): Promise<Joined> {
    const { sessionTimeoutMs, requestTimeoutMs } = this.#times;
    const connection = await this.#coordinator();
    const fields = {
      groupId: this.#group,
      sessionTimeout: sessionTimeoutMs,
      rebalanceTimeout: sessionTimeoutMs,
      protocolType: 'consumer',
      groupProtocols: [{ name: PROTOCOL, metadata: encodeSubscription({ topics: this.#topics, owned }) }],
    } as const;
    const patienceMs = requestTimeoutMs + 2 * sessionTimeoutMs;
    let joined = await connection.call('JoinGroup', { ...fields, memberId }, patienceMs);
    if (joined.errorCode === MEMBER_ID_REQUIRED) {
      joined = await connection.call('JoinGroup', { ...fields, memberId: joined.memberId }, patienceMs);
    }
    expectOk(joined.errorCode);
    const leads = joined.leaderId === joined.memberId;
    const synced = await connection.call(
      'SyncGroup',
      {
        groupId: this.#group,
        generationId: joined.generationId,
        memberId: joined.memberId,
        groupAssignment: leads ? await this.#assign(joined.members) : [],
      },
      patienceMs,
    );
    expectOk(synced.errorCode);
    const { memberId: id, generationId } = joined;
    return { memberId: id, generationId, assigned: decodeAssignment(synced.memberAssignment) };
  }

  async #assign(
    members: readonly { readonly memberId: string; readonly memberMetadata: Buffer }[],
  ): Promise<{ readonly memberId: string; readonly memberAssignment: Buffer }[]> {
    const described = members.map(({ memberId: id, memberMetadata }) => ({
      id,
      ...decodeSubscription(memberMetadata),
    }));
    const partitions: TopicPartition[] = [];
    for (const topic of new Set(described.flatMap((member) => member.topics))) {
      const { leaders } = await this.#cluster.topic(topic);
      for (let partition = 0; partition < leaders.length; partition++) partitions.push({ topic, partition });
    }
    return [...assignPartitions(described, partitions)].map(([memberId, assigned]) => ({
      memberId,
      memberAssignment: encodeAssignment(assigned),
    }));
  }

  /** Tells the coordinator that the member is alive; throws when the group has moved on. */
  async heartbeat({ memberId, generationId }: Generation): Promise<void> {
    const connection = await this.#coordinator();
    const fields = { groupId: this.#group, groupGenerationId: generationId, memberId };
    expectOk((await connection.call('Heartbeat', fields, this.#times.sessionTimeoutMs)).errorCode);
  }

  /** Leaves, so that the others take over at once. */
  async leave(memberId: string): Promise<void> {
    const connection = await this.#coordinator();
    await connection.call('LeaveGroup', { groupId: this.#group, memberId }, this.#times.sessionTimeoutMs);
  }

  /** After a failure: asks anew who coordinates, over a new connection. */
  reset(): void {
    this.#cluster.forgetCoordinator('group', this.#group);
    this.close();
  }

  /** Closes its connection. */
  close(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  async #coordinator(): Promise<BrokerConnection> {
    if (this.#connection?.alive === true) return this.#connection;
    this.#connecting ??= this.#connect().finally(() => (this.#connecting = undefined));
    return this.#connecting;
  }

  async #connect(): Promise<BrokerConnection> {
    // A coordinator that is being elected, or made with the group's first use, is waited for.
    return persist({ timeoutMs: this.#times.sessionTimeoutMs }, async () => {
      try {
        const connection = await this.#cluster.dedicated(await this.#cluster.coordinator('group', this.#group));
        this.#connection = connection;
        return connection;
      } catch (error) {
        this.#cluster.forgetCoordinator('group', this.#group);
        throw error;
      }
    });
  }
}

/** The group goes on to a new generation, and the member is still in it. */
export function isRebalance(error: unknown): boolean {
  return error instanceof BrokerError && error.type === 'REBALANCE_IN_PROGRESS';
}

/** The coordinator does not know the member, or not in this generation: what it held may be another's. */
export function isExpelled(error: unknown): boolean {
  return error instanceof BrokerError && (error.type === 'UNKNOWN_MEMBER_ID' || error.type === 'ILLEGAL_GENERATION');
}
