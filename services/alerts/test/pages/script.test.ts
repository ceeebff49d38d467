import { describe, expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';

import { until } from '@tandem/testing';

const SCRIPT = readFileSync(new URL('../../assets/page.js', import.meta.url), 'utf8');

/** What a request of the script was, and what it is answered. */
interface Fetched {
  readonly url: string;
  readonly method: string;
  readonly body: unknown;
}

type Listener = (event: unknown) => void;

type Answers = Readonly<Record<string, { readonly status: number; readonly type: string; readonly body: string }>>;

/** As much of a browser as the script touches. */
class Browser {
  readonly fetched: Fetched[] = [];
  readonly location = { hash: '' };
  readonly main = {
    innerHTML: '',
    setAttribute: () => undefined,
    querySelector: () => ({ focus: () => undefined, textContent: 'Title' }),
    addEventListener: (name: string, listener: Listener) => this.#listeners.set(name, listener),
  };
  readonly document = { title: '', querySelector: () => this.main, querySelectorAll: () => [] };
  readonly #listeners = new Map<string, Listener>();
  readonly #answers: Answers;

  constructor(answers: Answers = {}) {
    this.#answers = answers;
  }

  start(hash: string): this {
    this.location.hash = hash;
    const window = { addEventListener: (name: string, listener: Listener) => this.#listeners.set(name, listener) };
    const { document, location } = this;
    class FormData extends Map<string, string> {}
    runInContext(
      SCRIPT,
      createContext({
        document,
        location,
        window,
        fetch: this.#fetch,
        FormData,
        URLSearchParams,
        Date,
        encodeURIComponent,
      }),
    );
    return this;
  }

  fire(name: string, event: unknown): void {
    this.#listeners.get(name)?.(event);
  }

  readonly #fetch = (url: string, init: { readonly method?: string; readonly body?: string }): Promise<unknown> => {
    const { method = 'GET', body } = init;
    this.fetched.push({ url, method, body: body === undefined ? undefined : (JSON.parse(body) as unknown) });
    const { status, type, body: text } = this.#answers[url] ?? { status: 200, type: 'text/html', body: `page ${url}` };
    return Promise.resolve({
      ok: status < 400,
      status,
      headers: new Headers({ 'content-type': type }),
      text: () => Promise.resolve(text),
    });
  };
}

async function expectShown({ main }: Browser, text: string): Promise<void> {
  await until(() => main.innerHTML === text, { what: text, timeoutMs: 10_000 });
}

describe('the script of the pages', () => {
  test('shows the page that the fragment names, with its parameters', async () => {
    const browser = new Browser().start('#/alerts?filter=%7Ba%3D%22b%22%7D');
    await expectShown(browser, 'page pages/alerts?filter=%7Ba%3D%22b%22%7D');
    browser.location.hash = '#/silences/new';
    browser.fire('hashchange', {});
    await expectShown(browser, 'page pages/silences/new');
    expect(browser.document.title).toBe('Title · Alertmanager');
  });

  test('shows alerts where the fragment names nothing', async () => {
    await expectShown(new Browser().start(''), 'page pages/alerts');
  });

  test.each(['#/../api/v2/alerts', '#/alerts/../../x', '#/a/b/c', '#//elsewhere'])(
    'asks nobody for %s',
    async (hash) => {
      const browser = new Browser().start(hash);
      await expectShown(browser, '<h1 tabindex="-1">There is no such page</h1>');
      expect(browser.fetched).toEqual([]);
    },
  );

  test('shows nothing that is not HTML', async () => {
    const answers = { 'pages/alerts': { status: 503, type: 'text/plain', body: '<script>' } };
    const browser = new Browser(answers).start('#/alerts');
    await expectShown(browser, '<h1 tabindex="-1">That cannot be shown</h1><p role="alert">Status 503</p>');
  });

  test('creates a silence through the API, and goes to it', async () => {
    const created = { status: 200, type: 'application/json', body: '{"silenceID":"id1"}' };
    const browser = new Browser({ 'api/v2/silences': created }).start('#/silences/new');
    const matchers = [{ name: 'a', value: 'b', isRegex: false, isEqual: true }];
    const fields = new Map([
      ['hours', '2'],
      ['createdBy', 'me'],
      ['comment', 'why'],
    ]);
    const form = Object.assign(fields, { dataset: { silence: JSON.stringify(matchers) } });
    browser.fire('submit', { target: form, preventDefault: () => undefined });
    await until(() => browser.location.hash === '#/silences/id1', { what: 'the silence', timeoutMs: 10_000 });
    const posted = browser.fetched.find(({ method }) => method === 'POST')?.body as Record<string, string>;
    expect(posted).toMatchObject({ matchers, createdBy: 'me', comment: 'why' });
    expect(Date.parse(posted['endsAt'] ?? '') - Date.parse(posted['startsAt'] ?? '')).toBe(7_200_000);
  });

  test('ends a silence through the API, and shows it again', async () => {
    const browser = new Browser({ 'api/v2/silence/id1': { status: 200, type: '', body: '' } }).start('#/silences/id1');
    await expectShown(browser, 'page pages/silences/id1');
    browser.main.innerHTML = '';
    browser.fire('click', { target: { dataset: { expire: 'id1' } } });
    await expectShown(browser, 'page pages/silences/id1');
    expect(browser.fetched).toContainEqual({ url: 'api/v2/silence/id1', method: 'DELETE', body: undefined });
  });

  test('says why a silence could not be created', async () => {
    const refused = { status: 400, type: 'application/json', body: '"end time can\'t be in the past"' };
    const browser = new Browser({ 'api/v2/silences': refused }).start('#/silences/new');
    const alert = { textContent: '' };
    const form = Object.assign(new Map([['hours', '1']]), { dataset: { silence: '[]' }, querySelector: () => alert });
    browser.fire('submit', { target: form, preventDefault: () => undefined });
    await until(() => alert.textContent !== '', { what: 'the reason', timeoutMs: 10_000 });
    expect(alert.textContent).toBe("end time can't be in the past");
  });
});
