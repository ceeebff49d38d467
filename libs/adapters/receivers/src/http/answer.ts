import type { Dispatcher } from 'undici';

/** An answer is read to this length, so that its connection can be used again; a longer one costs the connection. */
const MAX_BYTES = 65_536;

/** What was answered. */
export interface HttpAnswer {
  readonly status: number;
  /** The body, or its first 64 KiB. */
  readonly text: string;
}

/** Reads an answer. */
export async function readAnswer({ statusCode, body }: Dispatcher.ResponseData): Promise<HttpAnswer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > MAX_BYTES) break;
  }
  return { status: statusCode, text: Buffer.concat(chunks).subarray(0, MAX_BYTES).toString('utf8') };
}
