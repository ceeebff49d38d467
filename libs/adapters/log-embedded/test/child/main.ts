import { openEmbeddedLog } from '../../src/index.ts';
import { append, copy, prove, say, tail } from './commands.ts';

const [path = '', command = '', ...topics] = process.argv.slice(2);
const [first = '', second = ''] = topics;
const log = await openEmbeddedLog({ path });
process.once('SIGTERM', () => {
  void log.close().then(() => process.exit(0));
});
say('open');
switch (command) {
  case 'append':
    await append(log, first);
    break;
  case 'prove':
    await prove(log, first);
    await log.close();
    break;
  case 'copy':
    await copy(log, first, second);
    setInterval(() => undefined, 60_000);
    break;
  case 'tail':
    await tail(log, first);
    break;
  default:
    throw new Error(`unknown command "${command}"`);
}
