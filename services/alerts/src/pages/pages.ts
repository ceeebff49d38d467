import { type Outcome, type Matcher } from '@tandem/alerting';
import { type Handler, type HttpRequest, type HttpResponse } from '@tandem/server';

import { getAlerts } from '../api/alerts/get-alerts.ts';
import { getGroups } from '../api/alerts/get-groups.ts';
import { getStatus } from '../api/cluster/status.ts';
import { type Operation, type OperationContext } from '../api/operation.ts';
import { getSilences } from '../api/silences/get-silences.ts';
import { getSilence } from '../api/silences/one-silence.ts';
import { alertsPage } from './alerts-page.ts';
import { html, type Html } from './html.ts';
import { filterParameters, matchersText, readFilter } from './matcher-text.ts';
import { newSilencePage, silencePage, silencesPage } from './silences-page.ts';
import { statusPage } from './status-page.ts';
import { type AlertView, type GroupView, type SilenceView, type StatusView } from './views.ts';

const HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  // Opened by itself a page has no scripts, and no styles.
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
};

/** Thrown where the API refuses what a page asks of it: shown in place of the page. */
class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'Refused';
    this.status = status;
  }
}

/**
 * The pages that the shell shows, as pieces of HTML: what the API says, and nothing else. Parameters are those that links
 * in notifications have.
 */
export class Pages {
  readonly #context: OperationContext;

  constructor(context: OperationContext) {
    this.#context = context;
  }

  /** Alerts by group; those that are kept back if they are asked for. */
  readonly alerts: Handler = this.#page(async ({ query }) => {
    const asked = {
      matchers: this.#matchersOf(query),
      receiver: query.get('receiver') ?? '',
      silenced: query.get('silenced') === 'true',
      inhibited: query.get('inhibited') === 'true',
      muted: query.get('muted') === 'true',
    };
    const parameters = filterParameters(asked.matchers);
    for (const name of ['silenced', 'inhibited', 'muted'] as const) parameters.set(name, String(asked[name]));
    if (asked.receiver !== '') parameters.set('receiver', asked.receiver);
    return alertsPage(asked, (await this.#ask(getGroups, parameters)) as readonly GroupView[]);
  });

  /** Silences by state. */
  readonly silences: Handler = this.#page(async ({ query }) => {
    const matchers = this.#matchersOf(query);
    const silences = (await this.#ask(getSilences, filterParameters(matchers))) as readonly SilenceView[];
    return silencesPage(matchers, silences);
  });

  /** One silence. */
  readonly silence: Handler = this.#page(async ({ params }) => {
    const silence = (await this.#ask(getSilence, new URLSearchParams(), params['id'])) as SilenceView;
    return silencePage(silence, await this.#meantFor(this.#read(matchersText(silence.matchers))));
  });

  /** The form of a new one. */
  readonly newSilence: Handler = this.#page(async ({ query }) => {
    const matchers = this.#matchersOf(query);
    return newSilencePage(matchers, matchers.length === 0 ? [] : await this.#meantFor(matchers));
  });

  /** Cluster, version, configuration. */
  readonly status: Handler = this.#page(async () =>
    statusPage((await this.#ask(getStatus, new URLSearchParams())) as StatusView),
  );

  #page(render: (request: HttpRequest) => Promise<Html>): Handler {
    return async (request) => {
      try {
        return answer(200, await render(request));
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        return answer(
          error.status,
          html`<h1 tabindex="-1">That cannot be shown</h1>
            <p role="alert">${error.message}</p>`,
        );
      }
    };
  }

  #matchersOf(query: URLSearchParams): readonly Matcher[] {
    return this.#read(query.get('filter') ?? '');
  }

  #read(filter: string): readonly Matcher[] {
    const matchers: Outcome<readonly Matcher[]> = readFilter(filter, this.#context.matcherMode);
    if (matchers.ok) return matchers.value;
    throw new Refused(400, matchers.error);
  }

  async #meantFor(matchers: readonly Matcher[]): Promise<readonly AlertView[]> {
    return (await this.#ask(getAlerts, filterParameters(matchers))) as readonly AlertView[];
  }

  async #ask(operation: Operation, query: URLSearchParams, id = ''): Promise<unknown> {
    const { status, body } = await operation({ query, id, body: { kind: 'empty' } }, this.#context);
    const text = typeof body === 'string' ? body : new TextDecoder().decode(body);
    if (status === 200) return JSON.parse(text) as unknown;
    throw new Refused(status, status === 404 ? 'It is not known (any more).' : saidIn(text));
  }
}

/** The API says why in a JSON text, or in an object with a `message`. */
function saidIn(body: string): string {
  const said = JSON.parse(body) as string | { readonly message: string };
  return typeof said === 'string' ? said : said.message;
}

function answer(status: number, { text }: Html): HttpResponse {
  return { status, headers: HEADERS, body: text };
}
