// Decides without end as an instance of the alerts service does: a decision at a time, into an embedded log. Prints how many
// of them the log has. Arguments: path of the log, name of the writer.
import { setTimeout as pause } from 'node:timers/promises';

import { buildRoutes, GroupTable } from '@tandem/alerting';
import { DecisionLog } from '@tandem/alerts';
import { openEmbeddedLog } from '@tandem/log-embedded';
import { topicSettings } from '@tandem/stream';
import { createMetrics } from '@tandem/telemetry';

const [path, writer] = process.argv.slice(2);
const log = await openEmbeddedLog({ path });
await log.createTopics(topicSettings({ prefix: 'tandem.', partitions: 4 }));

const metrics = createMetrics({ version: 'test', processMetrics: false });
const decisions = new DecisionLog({
  log,
  topic: 'tandem.notifications',
  cluster: 'main',
  instance: 'a',
  writer,
  metrics,
  clock: { now: Date.now, sleep: (ms, signal) => pause(ms, true, { signal, ref: false }).catch(() => false) },
  onFailure: (error) => console.error(error),
});

const route = buildRoutes({
  receiver: 'team',
  groupBy: ['alertname'],
  groupWaitMs: 30_000,
  groupIntervalMs: 300_000,
  repeatIntervalMs: 14_400_000,
  matchers: [],
  continue: false,
  muteTimeIntervals: [],
  activeTimeIntervals: [],
  labels: new Map(),
  routes: [],
});

/** A group of its own for each decision, so that none repeats another. */
function decide(number) {
  const groups = new GroupTable(route);
  const nowMs = Date.now();
  const labels = new Map([
    ['alertname', `${writer}-${number}`],
    ['job', 'node'],
  ]);
  const times = { startsAtMs: nowMs, endsAtMs: nowMs + 60_000, updatedAtMs: nowMs, timeout: false };
  const [group] = groups.put({ labels, annotations: new Map(), ...times, generatorUrl: '' }, nowMs);
  const silenced = groups.alertsAt(group.id, nowMs).map((alert) => ({ alert, ids: ['silence-1'] }));
  const suppression = { alerts: [], inhibited: [], silenced, muted: [] };
  decisions.observer.suppressed(group, suppression, { tickMs: nowMs, integrations: 1 });
}

for (let number = 1; ; number++) {
  decide(number);
  await pause(1);
  const written = /^tandem_alerts_decisions_written_total (\d+)$/m.exec(await metrics.render());
  process.stdout.write(`written ${written?.[1] ?? 0}\n`);
}
