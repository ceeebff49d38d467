import { type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';

import { BodyReader, refuseBody } from './body.ts';
import { type ByteBudget } from './byte-budget.ts';
import { type BodyOutcome, type HttpRequest, type HttpResponse } from './http.ts';

/** What an exchange is made of. */
export interface ExchangeOptions {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly path: string;
  /** After the question mark. */
  readonly queryText: string;
  readonly params: Readonly<Record<string, string>>;
  readonly budget: ByteBudget;
  readonly maxBodyBytes: number;
  /** Whether the client waits for `100 Continue` before it sends the body. */
  readonly expectsContinue: boolean;
  /** Told of a body that is not read. */
  readonly onRefused: (reason: string) => void;
}

/** One request under way, and the bytes it holds. */
export class Exchange implements HttpRequest {
  readonly #options: ExchangeOptions;
  #body: Promise<BodyOutcome> | undefined;
  #reader: BodyReader | undefined;
  #reservedBytes = 0;
  #query: URLSearchParams | undefined;
  #controller: AbortController | undefined;

  constructor(options: ExchangeOptions) {
    this.#options = options;
  }

  get method(): string {
    return this.#options.incoming.method ?? 'GET';
  }

  get path(): string {
    return this.#options.path;
  }

  get params(): Readonly<Record<string, string>> {
    return this.#options.params;
  }

  get query(): URLSearchParams {
    this.#query ??= new URLSearchParams(this.#options.queryText);
    return this.#query;
  }

  get headers(): IncomingHttpHeaders {
    return this.#options.incoming.headers;
  }

  get remoteAddress(): string {
    return this.#options.incoming.socket.remoteAddress ?? '';
  }

  get signal(): AbortSignal {
    this.#controller ??= abortedBy(this.#options.outgoing);
    return this.#controller.signal;
  }

  readBody(): Promise<BodyOutcome> {
    this.#body ??= this.#read();
    return this.#body;
  }

  reserve(bytes: number): HttpResponse | undefined {
    if (!this.#options.budget.take(bytes)) {
      this.#options.onRefused('overloaded');
      return refuseBody('overloaded').response;
    }
    this.#reservedBytes += bytes;
    return undefined;
  }

  /** Gives back every byte it holds. Called once, when the handler is done. */
  release(): void {
    const bytes = this.#reservedBytes + (this.#reader?.heldBytes ?? 0);
    if (bytes > 0) this.#options.budget.release(bytes);
  }

  async #read(): Promise<BodyOutcome> {
    const { incoming, outgoing, budget, maxBodyBytes, expectsContinue, onRefused } = this.#options;
    const reader = new BodyReader(incoming, budget, maxBodyBytes);
    this.#reader = reader;
    const reason = reader.refusal();
    if (reason === undefined && expectsContinue) outgoing.writeContinue();
    const outcome = reason === undefined ? await reader.read() : refuseBody(reason);
    if (outcome.outcome === 'refused') onRefused(outcome.reason);
    return outcome;
  }
}

function abortedBy(outgoing: ServerResponse): AbortController {
  const controller = new AbortController();
  const abort = (): void => {
    if (!outgoing.writableFinished) controller.abort();
  };
  if (outgoing.closed) abort();
  else outgoing.once('close', abort);
  return controller;
}
