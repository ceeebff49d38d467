import { type MatcherMode } from '@tandem/alerting';
import { type HttpResponse } from '@tandem/server';

import { type JsonBody } from './json/read-json.ts';
import { type ApiBackend } from './backend.ts';

/** A request to an operation of the API: checked as far as its path, method and media types go. */
export interface OperationRequest {
  readonly query: URLSearchParams;
  /** What stands for `{silenceID}` in the path; "" where nothing does. */
  readonly id: string;
  /** What the body holds. */
  readonly body: JsonBody;
}

/** What operations work with. */
export interface OperationContext {
  readonly backend: ApiBackend;
  readonly matcherMode: MatcherMode;
  /** `versionInfo`, as JSON. */
  readonly versionInfo: string;
}

/** One method of one path of the API. */
export type Operation = (request: OperationRequest, context: OperationContext) => HttpResponse | Promise<HttpResponse>;
