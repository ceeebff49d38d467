import { availability, isMandatory, program, tempDir } from '@tandem/testing';
import { describeLogContract } from '@tandem/testing/suites';
import { openEmbeddedLog } from '../src/index.ts';
import { stracedDurability } from './durability-proof.ts';

const directory = tempDir('log-embedded');
const tracer = program({ binary: 'strace', debianPackage: 'strace' });
const strace = await availability(tracer);
const canTrace = strace.missing === undefined || isMandatory(tracer);

describeLogContract('the embedded log', {
  open: () => openEmbeddedLog({ path: directory.path, heartbeatMs: 200, revokeTimeoutMs: 500 }),
  ...(canTrace ? { durability: stracedDurability('strace') } : {}),
  close: () => directory.remove(),
});
