import { compress, encode, type Protocol, REQUEST_HEADERS } from '@tandem/remote-write';

/** Samples of one series of one replica, to be sent by a test itself. */
export interface WriteRequest {
  readonly metric: string;
  readonly cluster: string;
  readonly replica: string;
  /** Unix ms, ascending; the value of each sample is its index. */
  readonly timestampsMs: readonly number[];
  /** Default 1.0. */
  readonly protocol?: Protocol;
}

/** The body of a request, as it goes over the wire. */
export function bodyOf({ metric, cluster, replica, timestampsMs, protocol = 'v1' }: WriteRequest): Uint8Array {
  const labels = Object.entries({ __name__: metric, __replica__: replica, cluster });
  const series = {
    labels: labels.map(([name, value]) => ({ name, value })),
    samples: timestampsMs.map((timestampMs, value) => ({ timestampMs, value })),
  };
  return compress(encode(protocol, [series]));
}

/** What was answered. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** Posts a body as a sender of 1.0 does, with further headers over that. */
export async function post(
  url: string,
  body: Uint8Array | ReadableStream,
  headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
  const response = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: { ...REQUEST_HEADERS.v1, ...headers },
    body,
    signal: AbortSignal.timeout(30_000),
    // Asked for by fetch where the length is not known before.
    ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
  });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

/** Sends a request of these samples. */
export function write(url: string, request: WriteRequest): Promise<Answer> {
  return post(url, bodyOf(request), REQUEST_HEADERS[request.protocol ?? 'v1']);
}
