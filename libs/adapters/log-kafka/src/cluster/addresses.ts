import { LogError } from '@tandem/stream';
import { type Address } from '../wire/connection.ts';

const ADDRESS = /^(?:\[(?<bracketed>[^\]]+)\]|(?<plain>[^:\s/]+)):(?<port>\d{1,5})$/;

/**
 * Reads `host:port`, with an IPv6 address in brackets.
 *
 * @throws {LogError} `misconfigured`
 */
export function parseAddress(text: string): Address {
  const { bracketed, plain, port } = ADDRESS.exec(text)?.groups ?? {};
  const host = bracketed ?? plain;
  if (host === undefined || !(Number(port) > 0 && Number(port) < 65_536)) {
    throw new LogError('misconfigured', `cannot use broker address "${text}": expected host:port`);
  }
  return { host, port: Number(port) };
}
