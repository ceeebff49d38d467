import { describe, expect, test } from '@jest/globals';
import { createMetrics } from '@tandem/telemetry';
import { type HttpResponse } from '@tandem/server';

import { apiRoutes } from '../../src/index.ts';
import { html } from '../../src/pages/html.ts';
import { ask, requestOf } from '../api/ask.ts';
import { CONFIG } from '../api/config.ts';
import { TestBackend } from '../api/test-backend.ts';

const NOW = Date.parse('2026-01-01T00:00:00Z');
const EVIL = `<img src=x onerror="alert('1')">`;

class Site {
  readonly backend = new TestBackend(CONFIG, { clock: () => NOW });
  readonly #routes = apiRoutes({
    backend: this.backend,
    routePrefix: '',
    matcherMode: 'default',
    metrics: createMetrics({ version: '1', processMetrics: false }),
    getConcurrency: 0,
    timeoutMs: 0,
    version: '1',
  });

  async get(target: string, template = target.split('?')[0] ?? ''): Promise<HttpResponse> {
    const request = requestOf('GET', target);
    const id = template.endsWith('/:id') ? { id: target.split('/').at(-1) ?? '' } : {};
    return ask(this.#routes, template, { ...request, params: id });
  }

  async page(target: string, template?: string): Promise<string> {
    return String((await this.get(target, template)).body);
  }

  async post(...alerts: readonly Readonly<Record<string, string>>[]): Promise<void> {
    await this.backend.putAlerts(
      alerts.map((labels) => ({
        labels: new Map(Object.entries(labels)),
        annotations: new Map([['summary', EVIL]]),
        generatorUrl: 'javascript:alert(1)',
      })),
    );
  }

  async silence(name: string, value: string): Promise<string> {
    const set = await this.backend.setSilence(undefined, {
      matcherSets: [[{ type: '=', name, value }]],
      endsAtMs: NOW + 3_600_000,
      createdBy: EVIL,
      comment: EVIL,
      annotations: new Map(),
    });
    if (set.kind !== 'set') throw new Error(set.kind);
    return set.id;
  }
}

const filter = (text: string): string => `filter=${encodeURIComponent(text)}`;

describe('the page of alerts', () => {
  test('shows alerts by group, and how many', async () => {
    const site = new Site();
    await site.post({ alertname: 'A', instance: 'one' }, { alertname: 'A', instance: 'two' }, { alertname: 'B' });
    const page = await site.page('/pages/alerts');
    expect(page).toContain('3 alerts in 2 groups.');
    expect(page).toMatch(/<h2>\s*default/);
    expect(page).toContain('instance=&quot;two&quot;');
  });

  test('takes the parameters of links in notifications: matchers in braces, a receiver', async () => {
    const site = new Site();
    await site.post({ alertname: 'A', team: 'X' }, { alertname: 'A' }, { alertname: 'B' });
    expect(await site.page(`/pages/alerts?${filter('{alertname="A",team=""}')}`)).toContain('1 alert in 1 group.');
    expect(await site.page('/pages/alerts?receiver=team-Y')).toContain('1 alert in 1 group.');
  });

  test('shows what is silenced, inhibited or muted when it is asked for, and why', async () => {
    const site = new Site();
    await site.post(
      { alertname: 'A' },
      { alertname: 'B', severity: 'critical' },
      { alertname: 'B', severity: 'warning' },
    );
    const id = await site.silence('alertname', 'A');
    expect(await site.page('/pages/alerts')).toContain('1 alert in 1 group.');
    expect(await site.page('/pages/alerts?silenced=true')).toContain(`<a href="#/silences/${id}">`);
    expect(await site.page('/pages/alerts?inhibited=true')).toContain('inhibited by');
  });

  test('lets nothing that was posted become part of it', async () => {
    const site = new Site();
    await site.post({ alertname: EVIL, [EVIL]: EVIL });
    const page = await site.page('/pages/alerts');
    expect(page).not.toContain('<img');
    expect(page).not.toContain('href="javascript:');
    expect(page).toContain('&lt;img');
  });

  test('says why a filter is none', async () => {
    const answer = await new Site().get(`/pages/alerts?${filter('{<b>')}`);
    expect(answer.status).toBe(400);
    expect(String(answer.body)).toMatch(/role="alert"[^<]*bad matcher format: &lt;b&gt;/);
    expect((await new Site().get('/pages/alerts?receiver=(')).body).toContain('failed to parse receiver param');
  });
});

describe('the pages of silences', () => {
  test('show them by state, each with its own page, and a button that ends it', async () => {
    const site = new Site();
    await site.post({ alertname: 'A' });
    const id = await site.silence('alertname', 'A');
    expect(await site.page('/pages/silences')).toMatch(/active\s*<span class="count">1<\/span>/);
    const page = await site.page(`/pages/silences/${id}`, '/pages/silences/:id');
    expect(page).toContain(`data-expire="${id}"`);
    expect(page).toContain('1 alert now that it is meant for');
    expect(page).not.toContain('<img');
    await site.backend.expireSilence(id);
    expect(await site.page(`/pages/silences/${id}`, '/pages/silences/:id')).not.toContain('data-expire');
  });

  test('say so where one is not known', async () => {
    const target = '/pages/silences/3c1e7d4a-5a0b-4a44-8a4e-000000000000';
    expect((await new Site().get(target, '/pages/silences/:id')).status).toBe(404);
  });

  test('ask for the matchers of a new one first, then for the rest, and show what they match', async () => {
    const site = new Site();
    await site.post({ alertname: 'A', instance: '"quoted"' });
    expect(await site.page('/pages/silences/new')).not.toContain('data-silence');
    const page = await site.page(`/pages/silences/new?${filter('{alertname="A",instance=~".*quoted.*"}')}`);
    const matchers = /data-silence="([^"]*)"/.exec(page)?.[1]?.replaceAll('&quot;', '"') ?? '';
    expect(JSON.parse(matchers)).toEqual([
      { name: 'alertname', value: 'A', isRegex: false, isEqual: true },
      { name: 'instance', value: '.*quoted.*', isRegex: true, isEqual: true },
    ]);
    expect(page).toContain('1 alert now that it is meant for');
  });

  test('have a label for every field', async () => {
    const page = await new Site().page(`/pages/silences/new?${filter('{alertname="A"}')}`);
    const fields = page.match(/<(?:input|select)\b/g)?.length;
    expect(page.match(/<label\b/g)).toHaveLength(fields ?? 0);
  });
});

describe('the page of status', () => {
  test('shows the cluster, the version and the configuration', async () => {
    const page = await new Site().page('/pages/status');
    expect(page).toContain('127.0.0.1:9094');
    expect(page).toContain('receiver: default');
  });
});

describe('the shell', () => {
  test('loads nothing from elsewhere, and lets nothing be loaded', async () => {
    const site = new Site();
    const shell = await site.get('/');
    expect(shell.headers?.['content-security-policy']).toMatch(/^default-src 'none'; script-src 'self'/);
    const links = [...String(shell.body).matchAll(/(?:src|href)="([^"]*)"/g)].map(([, address]) => address ?? '');
    expect(links.filter((address) => /^(?:\w+:|\/)/.test(address))).toEqual([]);
    for (const file of links.filter((address) => address.startsWith('assets/'))) {
      expect((await site.get(`/${file}`)).status).toBe(200);
    }
  });
});

describe('a piece of HTML', () => {
  test('escapes texts, keeps pieces, and leaves out what is not there', () => {
    expect(html`<p title="${`"'`}">${'<&>'}${html`<b>${1}</b>`}${undefined}${[html`x`, html`y`]}</p>`.text).toBe(
      '<p title="&quot;&#39;">&lt;&amp;&gt;<b>1</b>xy</p>',
    );
  });
});
