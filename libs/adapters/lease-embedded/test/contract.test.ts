import { tempDir, VirtualClock } from '@tandem/testing';
import { describeLeaseContract } from '@tandem/testing/suites';
import { openEmbeddedLeaseStore } from '../src/index.ts';

const dir = tempDir('leases');
const clock = new VirtualClock();

describeLeaseContract('the embedded lease store', {
  open: () => openEmbeddedLeaseStore({ path: dir.path, now: clock.now }),
  now: clock.now,
  advance: (ms) => clock.advance(ms),
  close: () => dir.remove(),
});
