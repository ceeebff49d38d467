import { tempDir } from '@tandem/testing';
import { describeLogContract } from '@tandem/testing/suites';
import { openEmbeddedLog } from '../src/index.ts';

const directory = tempDir('log-embedded');

// Durability is watched in durability.itest.ts, crashes in kill.itest.ts: both take a process of their own.
describeLogContract('the embedded log', {
  open: () => openEmbeddedLog({ path: directory.path, heartbeatMs: 200, revokeTimeoutMs: 500 }),
  close: () => directory.remove(),
});
