/* A member of a group as a process of its own: copies a topic to another one, partition by partition. */
import { openKafkaLog } from '../../src/index.ts';
import { type Claim } from '@tandem/stream';

const [brokers = '', group = '', input = '', output = ''] = process.argv.slice(2);
const log = await openKafkaLog({ brokers: brokers.split(','), clientId: 'copier', sessionTimeoutMs: 2000 });

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function copy(claim: Claim): Promise<void> {
  const { partition, position, signal } = claim;
  say(`claimed ${partition} from ${position}`);
  for await (const { records, nextOffset } of log.read({ topic: input, partition, from: position, signal })) {
    const outputs = records.map(({ key, value }) => ({ topic: output, partition, key, value }));
    await claim.commit(nextOffset, outputs);
    say(`committed ${partition} ${nextOffset}`);
  }
}

await log.join({
  group,
  topics: [input],
  onClaim: copy,
  onError: (error) => say(`error ${error instanceof Error ? `${error.name} ${error.message}` : String(error)}`),
});
say('joined');
