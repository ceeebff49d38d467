import { tempDir } from '@tandem/testing';
import { describeLogContract } from '@tandem/testing/suites';
import { openEmbeddedLog } from '../src/index.ts';

const directory = tempDir('log-embedded');

describeLogContract('the embedded log', {
  open: () => openEmbeddedLog({ path: directory.path, heartbeatMs: 200, revokeTimeoutMs: 500 }),
  close: () => directory.remove(),
  timeoutMs: 15_000,
  absent: { restart: 'it has no server', crash: 'needs processes of their own', durability: 'x' },
});
