import { describe, expect, it } from '@jest/globals';
import { checkEncoding, protocolOf, REQUEST_HEADERS, type Protocol } from '../src/index.ts';

describe('the protocol of a request', () => {
  it.each<[string | undefined, Protocol]>([
    [undefined, 'v1'],
    ['', 'v1'],
    ['application/x-protobuf', 'v1'],
    ['Application/X-Protobuf', 'v1'],
    ['application/x-protobuf;proto=prometheus.WriteRequest', 'v1'],
    ['application/x-protobuf; charset=utf-8', 'v1'],
    ['application/x-protobuf;proto=io.prometheus.write.v2.Request', 'v2'],
    ['application/x-protobuf; proto=io.prometheus.write.v2.Request', 'v2'],
    ['application/x-protobuf ;\tPROTO = "io.prometheus.write.v2.Request" ', 'v2'],
    ['application/x-protobuf; a=b; proto=io.prometheus.write.v2.Request', 'v2'],
  ])('of content type %j is %s', (contentType, protocol) => {
    expect(protocolOf(contentType)).toEqual({ ok: true, protocol });
  });

  it.each([
    'application/json',
    'text/plain; proto=io.prometheus.write.v2.Request',
    'application/x-protobuf;proto=io.prometheus.write.v3.Request',
    'application/x-protobuf;proto=',
    'x'.repeat(10_000),
  ])('is not known for content type %j', (contentType) => {
    const result = protocolOf(contentType);
    expect(result).toMatchObject({ ok: false, problem: { code: 'unsupported-content-type' } });
    expect(JSON.stringify(result).length).toBeLessThan(300);
  });

  it.each<Protocol>(['v1', 'v2'])('of the headers we send %s with is that', (protocol) => {
    expect(protocolOf(REQUEST_HEADERS[protocol]['content-type'])).toEqual({ ok: true, protocol });
    expect(checkEncoding(REQUEST_HEADERS[protocol]['content-encoding'])).toEqual({ ok: true });
  });
});

describe('the encoding of a request', () => {
  it.each([undefined, '', 'snappy', ' Snappy '])('%j is snappy', (encoding) => {
    expect(checkEncoding(encoding)).toEqual({ ok: true });
  });

  it.each(['gzip', 'zstd', 'identity', 'snappy, gzip'])('%j is not', (encoding) => {
    expect(checkEncoding(encoding)).toMatchObject({ ok: false, problem: { code: 'unsupported-encoding' } });
  });
});
