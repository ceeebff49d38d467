// A load generator as a process of its own: the job comes as JSON in the first argument, the result goes to standard
// output as one line of JSON, the exit code says whether there is one.
import { generateLoad } from './generate.ts';
import { type LoadJob } from './job.ts';

const job = JSON.parse(process.argv[2] ?? '') as LoadJob;
try {
  console.log(JSON.stringify(await generateLoad(job)));
} catch (error) {
  console.error(`cannot finish the load: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
