import { connect as connectPlain, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

/** Where to send a command, for arranging and looking at servers from outside the client under test. */
export interface RedisAddress {
  readonly port: number;
  readonly host?: string;
  readonly username?: string;
  readonly password?: string;
  /** PEM texts. */
  readonly tls?: { readonly ca: string; readonly cert?: string; readonly key?: string };
}

/** A reply: text, a number, nothing, or several. */
export type RedisReply = string | number | null | readonly RedisReply[];

/** Redis answered with an error. */
export class RedisReplyError extends Error {
  override readonly name = 'RedisReplyError';
}

const TIMEOUT_MS = 5000;

/**
 * Sends one command on a connection of its own.
 *
 * @throws {RedisReplyError} what the server says
 * @throws {Error} when it cannot be reached, or does not answer within five seconds
 */
export async function redisCommand(
  address: RedisAddress,
  ...command: readonly (string | number)[]
): Promise<RedisReply> {
  const { username = 'default', password } = address;
  const login = password === undefined ? [] : [['AUTH', username, password]];
  const replies = await exchange(address, [...login, command.map(String)]);
  const failed = replies.find((reply) => reply instanceof RedisReplyError);
  if (failed !== undefined) throw failed;
  return replies.at(-1) as RedisReply;
}

function open({ port, host = '127.0.0.1', tls }: RedisAddress): Socket {
  return tls === undefined ? connectPlain({ port, host }) : connectTls({ port, host, ...tls });
}

function exchange(address: RedisAddress, commands: readonly (readonly string[])[]): Promise<(RedisReply | Error)[]> {
  return new Promise((resolve, reject) => {
    const socket = open(address);
    const fail = (error: Error) => {
      socket.destroy();
      reject(error);
    };
    let received = Buffer.alloc(0);
    socket.setTimeout(TIMEOUT_MS, () => fail(new Error(`no answer from port ${address.port}`)));
    socket.on('error', fail);
    socket.on('close', () => reject(new Error(`port ${address.port} closed the connection`)));
    socket.on('data', (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const replies = parseAll(received);
      if (replies.length < commands.length) return;
      resolve(replies);
      socket.destroy();
    });
    socket.write(commands.map(encode).join(''));
  });
}

function encode(command: readonly string[]): string {
  return `*${command.length}\r\n${command.map((part) => `$${Buffer.byteLength(part)}\r\n${part}\r\n`).join('')}`;
}

function parseAll(bytes: Buffer): (RedisReply | Error)[] {
  const replies: (RedisReply | Error)[] = [];
  for (let at = 0; at < bytes.length;) {
    const parsed = parse(bytes, at);
    if (parsed === undefined) break;
    replies.push(parsed.reply);
    at = parsed.next;
  }
  return replies;
}

interface Parsed {
  readonly reply: RedisReply | Error;
  readonly next: number;
}

/** RESP2, https://redis.io/docs/latest/develop/reference/protocol-spec; `undefined` while incomplete. */
function parse(bytes: Buffer, at: number): Parsed | undefined {
  const end = bytes.indexOf('\r\n', at);
  if (end < 0) return undefined;
  const text = bytes.toString('utf8', at + 1, end);
  const next = end + 2;
  switch (String.fromCharCode(bytes[at] ?? 0)) {
    case '+':
      return { reply: text, next };
    case '-':
      return { reply: new RedisReplyError(text), next };
    case ':':
      return { reply: Number(text), next };
    case '$':
      return parseBulk(bytes, next, Number(text));
    case '*':
      return parseArray(bytes, next, Number(text));
    default:
      return { reply: new Error(`cannot read a reply that begins with "${bytes.toString('utf8', at, at + 1)}"`), next };
  }
}

function parseBulk(bytes: Buffer, at: number, length: number): Parsed | undefined {
  if (length < 0) return { reply: null, next: at };
  const next = at + length + 2;
  return next > bytes.length ? undefined : { reply: bytes.toString('utf8', at, at + length), next };
}

function parseArray(bytes: Buffer, at: number, length: number): Parsed | undefined {
  const items: RedisReply[] = [];
  let next = at;
  for (let i = 0; i < length; i++) {
    const parsed = parse(bytes, next);
    if (parsed === undefined) return undefined;
    items.push(parsed.reply instanceof Error ? parsed.reply.message : parsed.reply);
    next = parsed.next;
  }
  return { reply: length < 0 ? null : items, next };
}
