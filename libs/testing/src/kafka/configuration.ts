import { type PreparedSecurity } from './security.ts';

/** Where a broker listens and keeps its data. */
export interface BrokerLayout {
  readonly nodeId: number;
  readonly dataPath: string;
  readonly clientPort: number;
  /** Of the cluster's controller, which is the first node. */
  readonly controllerPort: number;
  /** Used where the broker has a protected listener. */
  readonly securedPort: number;
}

/** The node that is the controller of its cluster. */
export const FIRST_NODE = 1;

/** The configuration of a broker, as `server.properties`. */
export function brokerProperties(
  layout: BrokerLayout,
  security: PreparedSecurity | undefined,
  properties: Readonly<Record<string, string>>,
): string {
  const all = { ...baseProperties(layout), ...listeners(layout, security), ...security?.properties, ...properties };
  return Object.entries(all)
    .map(([key, value]) => `${key}=${value}\n`)
    .join('');
}

function listeners(layout: BrokerLayout, security: PreparedSecurity | undefined): Record<string, string> {
  const clients = [`PLAIN://127.0.0.1:${layout.clientPort}`];
  const protocols = ['PLAIN:PLAINTEXT', 'CONTROLLER:PLAINTEXT'];
  if (security !== undefined) {
    clients.push(`SECURED://127.0.0.1:${layout.securedPort}`);
    protocols.push(`SECURED:${security.protocol}`);
  }
  const controller = layout.nodeId === FIRST_NODE ? [`CONTROLLER://127.0.0.1:${layout.controllerPort}`] : [];
  return {
    listeners: [...clients, ...controller].join(','),
    'advertised.listeners': clients.join(','),
    'listener.security.protocol.map': protocols.join(','),
    'inter.broker.listener.name': 'PLAIN',
    'controller.listener.names': 'CONTROLLER',
  };
}

/** Small internal topics, so that it starts quickly; no waiting for members of a new group. */
function baseProperties({ nodeId, dataPath, controllerPort }: BrokerLayout): Record<string, string> {
  return {
    'process.roles': nodeId === FIRST_NODE ? 'broker,controller' : 'broker',
    'node.id': String(nodeId),
    'controller.quorum.voters': `${FIRST_NODE}@127.0.0.1:${controllerPort}`,
    'log.dirs': dataPath,
    'auto.create.topics.enable': 'false',
    'default.replication.factor': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '4',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    // A killed broker may register again only when its session is over: 9 s by default.
    'broker.session.timeout.ms': '1000',
    'broker.heartbeat.interval.ms': '200',
    'group.initial.rebalance.delay.ms': '0',
    'group.min.session.timeout.ms': '1000',
    'log.retention.check.interval.ms': '1000',
    'log.cleaner.backoff.ms': '1000',
    'log.cleaner.dedupe.buffer.size': '16777216',
    'controlled.shutdown.enable': 'false',
  };
}
