import { expect, test } from '@jest/globals';
import { LogError, type TopicSettings } from '@tandem/stream';

import { Topics, type TopicCluster } from '../../src/topics/topics.ts';

const TOPIC: TopicSettings = { name: 'tandem.samples', partitions: 2, policy: 'delete', maxRecordBytes: 1024 };

/** A cluster whose broker does not know a new topic before it was asked so many times. */
function slowCluster(unknownFor: number): TopicCluster & { readonly asked: () => number } {
  let asked = 0;
  const answer = { topicErrors: [{ topic: TOPIC.name, errorCode: 0, errorMessage: null }] };
  const broker = { call: () => Promise.resolve(answer) } as unknown as Awaited<ReturnType<TopicCluster['controller']>>;
  return {
    asked: () => asked,
    controller: () => Promise.resolve(broker),
    anyBroker: () => Promise.resolve(broker),
    forgetTopic: () => undefined,
    leader: () => Promise.resolve(1),
    topic: (name) => {
      asked += 1;
      if (asked > unknownFor) return Promise.resolve({ leaders: [1, 1] });
      return Promise.reject(new LogError('unknown-topic', `there is no topic "${name}"`));
    },
  };
}

test('a topic that was created is waited for, where the broker does not know it yet', async () => {
  const cluster = slowCluster(2);
  await expect(new Topics(cluster, 10_000).createTopics([TOPIC])).resolves.toEqual([
    { topic: TOPIC.name, outcome: 'created' },
  ]);
  expect(cluster.asked()).toBe(3);
});

test('a topic that no broker ever knows is an error, after a while', async () => {
  const creation = new Topics(slowCluster(Infinity), 50).createTopics([TOPIC]);
  await expect(creation).rejects.toMatchObject({ reason: 'unknown-topic' });
});
