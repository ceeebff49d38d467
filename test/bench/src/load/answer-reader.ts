/** Largest head or body of an answer that is looked at; what measured servers say is far below. */
const MAX_ANSWER_BYTES = 64 * 1024;

/** An answer as far as a load generator cares. */
export interface Answer {
  readonly status: number;
  /** Text of the body; empty for 204. */
  readonly body: string;
}

/**
 * Puts together the answers on a connection with one request under way at a time. The usual answer, a head without a
 * body in one piece, costs no copy.
 */
export class AnswerReader {
  #pending = '';

  /**
   * Takes what came and gives the answer once it is whole.
   *
   * @throws {Error} when it is not HTTP/1.1, or too long
   */
  push(chunk: Uint8Array): Answer | undefined {
    const text = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength).toString('latin1');
    this.#pending = this.#pending === '' ? text : this.#pending + text;
    const answer = parse(this.#pending);
    if (answer !== undefined) this.#pending = '';
    else if (this.#pending.length > MAX_ANSWER_BYTES) throw new Error('cannot read an answer: it is too long');
    return answer;
  }
}

function parse(text: string): Answer | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const status = Number(text.slice(9, 12));
  if (!text.startsWith('HTTP/1.1 ') || !Number.isInteger(status)) {
    throw new Error(`cannot read an answer: ${JSON.stringify(text.slice(0, 40))}`);
  }
  if (status === 204) return { status, body: '' };
  const length = Number(/\r\ncontent-length: *(\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
  const body = text.slice(headEnd + 4);
  return body.length < length ? undefined : { status, body };
}
