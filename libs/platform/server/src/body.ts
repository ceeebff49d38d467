import { type IncomingMessage } from 'node:http';

import { type ByteBudget } from './byte-budget.ts';
import { type BodyOutcome, type BodyRefusal, type HttpResponse } from './http.ts';

const RESPONSES: Readonly<Record<BodyRefusal, HttpResponse>> = {
  'too-large': { status: 413, body: 'the request body is too large\n' },
  overloaded: { status: 503, headers: { 'retry-after': '1' }, body: 'too many requests under way, send it again\n' },
  aborted: { status: 400, body: 'the request body did not arrive\n' },
};

/** The outcome of a body that was not read. */
export function refuseBody(reason: BodyRefusal): Extract<BodyOutcome, { readonly outcome: 'refused' }> {
  return { outcome: 'refused', reason, response: RESPONSES[reason] };
}

/** Reads one body into memory. */
export class BodyReader {
  readonly #message: IncomingMessage;
  readonly #budget: ByteBudget;
  readonly #maxBytes: number;
  #heldBytes = 0;

  constructor(message: IncomingMessage, budget: ByteBudget, maxBytes: number) {
    this.#message = message;
    this.#budget = budget;
    this.#maxBytes = maxBytes;
  }

  /** Bytes taken from the budget, to be given back by whoever ends the request. */
  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Checks the announced length; `undefined` when reading may begin. Takes the bytes announced. */
  refusal(): BodyRefusal | undefined {
    const announced = Number(this.#message.headers['content-length'] ?? 0);
    if (announced > this.#maxBytes) return 'too-large';
    if (!this.#budget.take(announced)) return 'overloaded';
    this.#heldBytes = announced;
    return undefined;
  }

  /** Reads to the end. What is refused on the way is left to the server, which discards it without keeping it. */
  read(): Promise<BodyOutcome> {
    const message = this.#message;
    if (message.destroyed || message.readableEnded) return Promise.resolve(refuseBody('aborted'));
    return new Promise((resolve) => {
      const chunks: Buffer[] = [];
      let length = 0;
      const settle = (outcome: BodyOutcome): void => {
        message.off('data', onData).off('end', onEnd).off('close', onAbort);
        resolve(outcome);
      };
      const onData = (chunk: Buffer): void => {
        length += chunk.length;
        const reason = this.#admit(length);
        if (reason === undefined) chunks.push(chunk);
        else settle(refuseBody(reason));
      };
      const [onEnd, onAbort] = [
        () => settle({ outcome: 'read', bytes: joined(chunks) }),
        () => settle(refuseBody('aborted')),
      ];
      message.on('data', onData).on('end', onEnd).on('close', onAbort);
    });
  }

  /** Takes what a chunked body needs beyond what is held. */
  #admit(length: number): BodyRefusal | undefined {
    if (length > this.#maxBytes) return 'too-large';
    const missing = length - this.#heldBytes;
    if (missing <= 0) return undefined;
    if (!this.#budget.take(missing)) return 'overloaded';
    this.#heldBytes = length;
    return undefined;
  }
}

function joined(chunks: readonly Buffer[]): Buffer {
  const [first] = chunks;
  if (first === undefined) return Buffer.alloc(0);
  return chunks.length === 1 ? first : Buffer.concat(chunks);
}
