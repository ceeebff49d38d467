import { openEmbeddedLog } from '../../src/index.ts';
import { append, copy, fill, prove, say } from './commands.ts';

const [path = '', command = '', ...topics] = process.argv.slice(2);
const [first = '', second = ''] = topics;
const log = await openEmbeddedLog({ path });
process.once('SIGTERM', () => {
  void log.close().then(() => process.exit(0));
});
say('open');
switch (command) {
  case 'append':
    await append(log, first, Number(second));
    break;
  case 'look':
    await log.close();
    break;
  case 'prove':
    await prove(log, first);
    await log.close();
    break;
  case 'copy':
    await copy(log, first, second);
    break;
  case 'fill':
    await log.createTopics([{ name: first, partitions: 1, policy: 'delete', maxRecordBytes: 100_000 }]);
    await fill(log, first, path);
    await log.close();
    break;
  default:
    throw new Error(`unknown command "${command}"`);
}
