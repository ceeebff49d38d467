// A null sink as a process of its own: the port is the first argument.
import { serveNullSink } from './null-sink.ts';

serveNullSink(Number(process.argv[2]));
