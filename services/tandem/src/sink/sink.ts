import { checkEncoding, decode, decompress, protocolOf, type DecodedSeries, type Failure } from '@tandem/remote-write';
import { createServer, type HttpRequest, type HttpResponse, type HttpServer, type ListenAddress } from '@tandem/server';
import { type Logger, type Metrics } from '@tandem/telemetry';

import { StreamChecker, type SampleListener, type SinkReport } from './checker.ts';

/** A remote-write target that checks instead of storing. */
export interface SinkOptions {
  readonly listenAddress: ListenAddress;
  readonly replicaLabel: string;
  /** Series checked; samples of further ones are taken and not looked at. */
  readonly maxSeries: number;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly onSample?: SampleListener;
}

/** A running sink. */
export interface Sink {
  readonly server: HttpServer;
  /** What was found so far. */
  report(): SinkReport;
}

const MAX_DECODED_BYTES = 64 * 1_048_576;

/** A sink on `/api/v1/write` (1.0 and 2.0), with its findings as JSON on `/report`. */
export function createSink(options: SinkOptions): Sink {
  const checker = new StreamChecker(options);
  const server = createServer({
    listenAddress: options.listenAddress,
    logger: options.logger,
    metrics: options.metrics,
    routes: [
      { method: 'POST', path: '/api/v1/write', handler: (request) => write(request, checker) },
      {
        method: 'GET',
        path: '/report',
        handler: () => ({
          status: 200,
          headers: { 'content-type': 'application/json' },
          body: `${JSON.stringify(checker.report(), undefined, 2)}\n`,
        }),
      },
    ],
  });
  return { server, report: () => checker.report() };
}

async function write(request: HttpRequest, checker: StreamChecker): Promise<HttpResponse> {
  const body = await request.readBody();
  if (body.outcome === 'refused') return body.response;
  const result = read(request, body.bytes);
  if (!result.ok) return { status: 400, body: `${result.problem.message}\n` };
  checker.add(result.series);
  return { status: 204 };
}

function read(
  request: HttpRequest,
  body: Uint8Array,
): { readonly ok: true; readonly series: readonly DecodedSeries[] } | Failure {
  const protocol = protocolOf(request.headers['content-type']);
  if (!protocol.ok) return protocol;
  const encoding = checkEncoding(request.headers['content-encoding']);
  if (!encoding.ok) return encoding;
  const inflated = decompress(body, MAX_DECODED_BYTES);
  return inflated.ok ? decode(protocol.protocol, inflated.data) : inflated;
}
