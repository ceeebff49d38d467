import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runToEnd, tempDir } from '@tandem/testing';
import { type DurabilityHook } from '@tandem/testing/suites';
import { openEmbeddedLog } from '../src/index.ts';
import { childArgs } from './child/launch-child.ts';

const TOPIC = 'proof';

/** What a child did, in the order in which it was done. */
type TracedEvent =
  { readonly what: 'call' | 'ack'; readonly append: number } | { readonly what: 'data-synced' | 'meta-written' };

/**
 * Runs a child that appends, under strace, and looks for the fdatasync of the data and the synchronous write of the
 * meta page between each call and its acknowledgement.
 */
export function stracedDurability(strace: string): DurabilityHook {
  return {
    prove: async () => {
      const directory = tempDir('log-durability');
      const log = await openEmbeddedLog({ path: directory.path });
      await log.createTopics([{ name: TOPIC, partitions: 1, policy: 'delete', maxRecordBytes: 100_000 }]);
      await log.close();
      const trace = join(directory.path, 'trace');
      const calls = 'trace=openat,write,writev,pwrite64,pwritev,fdatasync,fsync';
      const child = childArgs(directory.path, 'prove', TOPIC);
      const args = ['-f', '-o', trace, '-e', calls, process.execPath, ...child];
      const { output } = await runToEnd({ name: 'prove', command: strace, args });
      const events = parseTrace(await readFile(trace, 'utf8'));
      await directory.remove();
      const { acknowledged, proven } = tally(events);
      return { acknowledged, proven, evidence: `${proven} of ${acknowledged}; ${output.slice(-200)}` };
    },
  };
}

function tally(events: readonly TracedEvent[]): { acknowledged: number; proven: number } {
  const under = new Map<number, Set<TracedEvent['what']>>();
  let [acknowledged, proven] = [0, 0];
  for (const event of events) {
    if (event.what === 'call') under.set(event.append, new Set());
    else if (event.what === 'ack') {
      acknowledged += 1;
      if (under.get(event.append)?.has('meta-written') === true) proven += 1;
    } else for (const seen of under.values()) note(seen, event.what);
  }
  return { acknowledged, proven };
}

/** The meta page counts only after the pages it points to. */
function note(seen: Set<TracedEvent['what']>, what: TracedEvent['what']): void {
  if (what === 'data-synced' || seen.has('data-synced')) seen.add(what);
}

/** Which files of the trace are the data file: opened plainly for the pages, with O_DSYNC for the meta page. */
class DataFiles {
  readonly #pages = new Set<string>();
  readonly #meta = new Set<string>();

  noteOpened(call: string): void {
    const [, flags = '', file = ''] = /^openat\(.*data\.mdb", (\S+?)[,)].*= (\d+)$/.exec(call) ?? [];
    if (file !== '') (flags.includes('O_DSYNC') ? this.#meta : this.#pages).add(file);
  }

  synced(call: string): TracedEvent[] {
    const [, name = '', file = ''] = /^(\w+)\((\d+).* = \d+$/.exec(call) ?? [];
    if (name === 'fdatasync' && this.#pages.has(file)) return [{ what: 'data-synced' }];
    return name.startsWith('pwrite') && this.#meta.has(file) ? [{ what: 'meta-written' }] : [];
  }
}

function parseTrace(trace: string): TracedEvent[] {
  const files = new DataFiles();
  const begun = new Map<string, string>();
  return trace.split('\n').flatMap((line): TracedEvent[] => {
    const call = completed(line, begun);
    files.noteOpened(call);
    const [, what, append] = /^write\(1, "(call|ack) (\d+)\\n"/.exec(call) ?? [];
    if (what === 'call' || what === 'ack') return [{ what, append: Number(append) }];
    return files.synced(call);
  });
}

/** The whole call where the line ends one; calls of other threads may lie between its beginning and its end. */
function completed(line: string, begun: Map<string, string>): string {
  const [, thread = '', rest = ''] = /^(\d+) +(.*)$/.exec(line) ?? [];
  const unfinished = rest.indexOf(' <unfinished ...>');
  if (unfinished !== -1) {
    begun.set(thread, rest.slice(0, unfinished));
    return '';
  }
  const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(rest);
  return resumed === null ? rest : `${begun.get(thread) ?? ''}${resumed[1] ?? ''}`.replace(/\s+=/, ' =');
}
