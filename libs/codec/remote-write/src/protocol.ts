import { failure, type Failure } from './problem.ts';

/** The message of a remote-write request: 1.0's `prometheus.WriteRequest` or 2.0's `io.prometheus.write.v2.Request`. */
export type Protocol = 'v1' | 'v2';

/** The headers a request of each protocol is sent with; names in lower case. The body is block-format snappy. */
export const REQUEST_HEADERS: Readonly<Record<Protocol, Readonly<Record<string, string>>>> = {
  v1: {
    'content-type': 'application/x-protobuf',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '0.1.0',
  },
  v2: {
    'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
    'content-encoding': 'snappy',
    'x-prometheus-remote-write-version': '2.0.0',
  },
};

/** The response headers of 2.0 that say what was written; never sent on 1.0, where senders trust them wrongly. */
export const WRITTEN_HEADERS = {
  samples: 'x-prometheus-remote-write-samples-written',
  histograms: 'x-prometheus-remote-write-histograms-written',
  exemplars: 'x-prometheus-remote-write-exemplars-written',
} as const;

const MESSAGES: ReadonlyMap<string, Protocol> = new Map([
  ['prometheus.WriteRequest', 'v1'],
  ['io.prometheus.write.v2.Request', 'v2'],
]);

/** Which protocol a request is, or why it cannot be told. */
export type ProtocolResult = { readonly ok: true; readonly protocol: Protocol } | Failure;

/**
 * Reads the Content-Type of a request, which alone decides the protocol (the version header must not): a missing one,
 * or one without `proto`, is 1.0. White space around `;` is allowed (RFC 9110 §5.6.6), parameter names have no case.
 */
export function protocolOf(contentType: string | undefined): ProtocolResult {
  if (contentType === undefined || contentType.trim() === '') return { ok: true, protocol: 'v1' };
  const [type = '', ...parameters] = contentType.split(';');
  if (type.trim().toLowerCase() !== 'application/x-protobuf') {
    return failure('unsupported-content-type', `content type is "${clip(contentType)}", not application/x-protobuf`);
  }
  const message = protoOf(parameters);
  if (message === undefined) return { ok: true, protocol: 'v1' };
  const protocol = MESSAGES.get(message);
  if (protocol === undefined) return failure('unsupported-content-type', `unknown protobuf message "${clip(message)}"`);
  return { ok: true, protocol };
}

function protoOf(parameters: readonly string[]): string | undefined {
  for (const parameter of parameters) {
    const equals = parameter.indexOf('=');
    if (equals < 0 || parameter.slice(0, equals).trim().toLowerCase() !== 'proto') continue;
    return parameter
      .slice(equals + 1)
      .trim()
      .replace(/^"(.*)"$/, '$1');
  }
  return undefined;
}

/** Whether the Content-Encoding of a request is one we read: `snappy` in any case, or missing, which means the same. */
export function checkEncoding(contentEncoding: string | undefined): { readonly ok: true } | Failure {
  const encoding = contentEncoding?.trim().toLowerCase() ?? '';
  if (encoding === '' || encoding === 'snappy') return { ok: true };
  return failure('unsupported-encoding', `content encoding is "${clip(encoding)}", not snappy`);
}

function clip(text: string): string {
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}
