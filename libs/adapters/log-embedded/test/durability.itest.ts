import { expect, it } from '@jest/globals';
import { program } from '@tandem/testing';
import { requires } from '@tandem/testing/suites';
import { stracedDurability } from './durability-proof.ts';

const describeTraced = await requires(program({ binary: 'strace', debianPackage: 'strace' }));

describeTraced('the embedded log, its system calls watched', () => {
  it('acknowledges an append only after its pages and the root that names them are on disk', async () => {
    const { acknowledged, proven, evidence } = await stracedDurability('strace').prove();
    expect(acknowledged).toBeGreaterThanOrEqual(20);
    expect({ proven, evidence }).toEqual({ proven: acknowledged, evidence });
  }, 60_000);
});
