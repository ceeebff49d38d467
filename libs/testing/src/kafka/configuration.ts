import { type PreparedSecurity } from './security.ts';

/** Where a broker listens and keeps its data. */
export interface BrokerLayout {
  readonly dataPath: string;
  readonly clientPort: number;
  readonly controllerPort: number;
  readonly securedPort?: number;
}

/** The configuration of a broker that is its own controller, as `server.properties`. */
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
  if (security !== undefined && layout.securedPort !== undefined) {
    clients.push(`SECURED://127.0.0.1:${layout.securedPort}`);
    protocols.push(`SECURED:${security.protocol}`);
  }
  return {
    listeners: [...clients, `CONTROLLER://127.0.0.1:${layout.controllerPort}`].join(','),
    'advertised.listeners': clients.join(','),
    'listener.security.protocol.map': protocols.join(','),
    'inter.broker.listener.name': 'PLAIN',
    'controller.listener.names': 'CONTROLLER',
  };
}

/** One node; small internal topics, so that it starts quickly; no waiting for members of a new group. */
function baseProperties({ dataPath, controllerPort }: BrokerLayout): Record<string, string> {
  return {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
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
