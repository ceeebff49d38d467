import { MemoryLog } from '../../src/fakes/memory-log.ts';
import { MemoryLogStorage } from '../../src/fakes/memory-log-storage.ts';
import { describeLogContract } from '../../src/suites.ts';

let nowMs = 1_700_000_000_000;
const storage = new MemoryLogStorage(() => nowMs);

describeLogContract('the log in memory', {
  open: () => Promise.resolve(new MemoryLog(storage)),
  tick: () => {
    nowMs += 5;
    return Promise.resolve();
  },
  crash: (log) => {
    if (log instanceof MemoryLog) log.crash();
    return Promise.resolve();
  },
  trim: (topic, partition, start) => {
    storage.trim(topic, partition, start);
    return Promise.resolve();
  },
  close: () => Promise.resolve(),
  timeoutMs: 5000,
});
