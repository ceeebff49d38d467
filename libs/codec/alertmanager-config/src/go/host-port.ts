import { failure, success, type Outcome } from '@tandem/alerting';

/** A host with a port; both empty where none is set. */
export interface HostPort {
  readonly host: string;
  readonly port: string;
}

/** No address. */
export const NO_HOST: HostPort = { host: '', port: '' };

/** Reads `host:port`, `[::1]:port`; "" is no address. */
export function parseHostPort(text: string): Outcome<HostPort> {
  if (text === '') return success(NO_HOST);
  const colon = text.lastIndexOf(':');
  if (colon === -1) return failure(`address ${text}: missing port in address`);
  const split = text.startsWith('[') ? splitBracketed(text, colon) : splitPlain(text, colon);
  if (split.ok && split.value.port === '') return failure(`address "${text}": port cannot be empty`);
  return split;
}

function splitBracketed(text: string, colon: number): Outcome<HostPort> {
  const end = text.indexOf(']');
  if (end === -1) return failure(`address ${text}: missing ']' in address`);
  if (end + 1 === text.length) return failure(`address ${text}: missing port in address`);
  if (end + 1 !== colon) {
    const what = text[end + 1] === ':' ? 'too many colons in address' : 'missing port in address';
    return failure(`address ${text}: ${what}`);
  }
  return splitAt(text, text.slice(1, end), colon);
}

function splitPlain(text: string, colon: number): Outcome<HostPort> {
  const host = text.slice(0, colon);
  if (host.includes(':')) return failure(`address ${text}: too many colons in address`);
  return splitAt(text, host, colon);
}

function splitAt(text: string, host: string, colon: number): Outcome<HostPort> {
  const port = text.slice(colon + 1);
  if (`${host}${port}`.includes('[')) return failure(`address ${text}: unexpected '[' in address`);
  if (`${host}${port}`.includes(']')) return failure(`address ${text}: unexpected ']' in address`);
  return success({ host, port });
}

/** `host:port`, an IPv6 address in brackets; "" of no address. */
export function formatHostPort({ host, port }: HostPort): string {
  if (host === '' && port === '') return '';
  return host.includes(':') || host.includes('%') ? `[${host}]:${port}` : `${host}:${port}`;
}
