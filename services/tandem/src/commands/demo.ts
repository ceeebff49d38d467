import { runDemo } from '../demo/demo.ts';

/** Runs the demonstration. @returns 0 when everything held, 1 otherwise, 130 when it was interrupted */
export async function demo(): Promise<number> {
  const interrupted = new AbortController();
  const interrupt = (): void => {
    interrupted.abort();
  };
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  console.log('Tandem demo: two replicas in, one copy out (about 30 s).\n');
  try {
    const { ok, lines } = await runDemo(console.log, interrupted.signal);
    console.log(`\nWhat was measured:\n\n${lines.join('\n')}\n\n${ok ? 'All of it held.' : 'Something did not hold.'}`);
    return ok ? 0 : 1;
  } catch (error) {
    if (!interrupted.signal.aborted) throw error;
    console.log('interrupted');
    return 130;
  }
}
