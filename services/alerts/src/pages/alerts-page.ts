import { formatMatchers, type Matcher } from '@tandem/alerting';

import { html, webLink, type Html } from './html.ts';
import { newSilenceLink } from './matcher-text.ts';
import { type AlertView, type GroupView } from './views.ts';

/** Alerts on one page; of more their number is told, and that a filter shows them. */
const MAX_SHOWN = 1000;

/** What a page of alerts was asked for. */
export interface AlertsQuery {
  readonly matchers: readonly Matcher[];
  readonly receiver: string;
  readonly silenced: boolean;
  readonly inhibited: boolean;
  readonly muted: boolean;
}

/** Alerts by group, and the form to ask for others. */
export function alertsPage(query: AlertsQuery, groups: readonly GroupView[]): Html {
  const total = groups.reduce((sum, { alerts }) => sum + alerts.length, 0);
  const more = total > MAX_SHOWN ? ` The first ${MAX_SHOWN} are shown: a filter shows the others.` : '';
  return html`<h1 tabindex="-1">Alerts</h1>
    ${form(query)}
    <p role="status">${counted(total, 'alert')} in ${counted(groups.length, 'group')}.${more}</p>
    ${firstAlerts(groups).map((group) => groupSection(group, query))}`;
}

function form({ matchers, receiver, silenced, inhibited, muted }: AlertsQuery): Html {
  const filter = matchers.length === 0 ? '' : formatMatchers(matchers);
  return html`<form data-hash="/alerts" role="search">
    <label>Matchers <input name="filter" value="${filter}" placeholder='{alertname="…"}' size="50" /></label>
    <label>Receiver (regular expression) <input name="receiver" value="${receiver}" /></label>
    ${box('silenced', 'silenced', silenced)} ${box('inhibited', 'inhibited', inhibited)} ${box('muted', 'muted', muted)}
    <button>Show</button>
  </form>`;
}

function box(name: string, said: string, checked: boolean): Html {
  const state = checked ? html` checked` : undefined;
  return html`<label><input type="checkbox" name="${name}" value="true" ${state} /> ${said}</label>`;
}

function firstAlerts(groups: readonly GroupView[]): readonly GroupView[] {
  let left = MAX_SHOWN;
  return groups.flatMap((group) => {
    const alerts = group.alerts.slice(0, left);
    left -= alerts.length;
    return alerts.length === 0 ? [] : [{ ...group, alerts }];
  });
}

function groupSection({ labels, receiver, alerts }: GroupView, query: AlertsQuery): Html {
  return html`<section>
    <h2>${receiver.name} <span class="labels">${labelLinks(labels, query)}</span></h2>
    <ul class="alerts">
      ${alerts.map((alert) => html`<li>${alertItem(alert, query)}</li>`)}
    </ul>
  </section>`;
}

/** An alert: labels (each asks for alerts like it), state, annotations, where it came from. */
export function alertItem(alert: AlertView, query?: AlertsQuery): Html {
  const { labels, annotations, startsAt, generatorURL, status } = alert;
  return html`<h3>${labels['alertname'] ?? 'Alert'} <span class="state ${status.state}">${status.state}</span></h3>
    <p class="labels">${labelLinks(labels, query)}</p>
    <dl>
      ${Object.entries(annotations).map(
        ([name, value]) =>
          html`<dt>${name}</dt>
            <dd>${webLink(value, value)}</dd>`,
      )}
    </dl>
    <p>
      since <time datetime="${startsAt}">${startsAt}</time>${reasons(alert)}
      ${generatorURL === undefined ? undefined : html` · ${webLink(generatorURL, 'source')}`} ·
      <a href="${newSilenceLink(labels)}">silence</a>
    </p>`;
}

function reasons({ status: { silencedBy, inhibitedBy, mutedBy } }: AlertView): readonly Html[] {
  return [
    ...silencedBy.map(
      (id) => html` · silenced by <a href="#/silences/${encodeURIComponent(id)}">${id.slice(0, 8)}</a>`,
    ),
    ...inhibitedBy.map((source) => html` · inhibited by ${source}`),
    ...mutedBy.map((name) => html` · muted by ${name}`),
  ];
}

function labelLinks(labels: Readonly<Record<string, string>>, query: AlertsQuery | undefined): readonly Html[] {
  return Object.entries(labels).map(([name, value]) => {
    const said = `${name}="${value}"`;
    return query === undefined
      ? html`<code>${said}</code> `
      : html`<a href="${linkWith(query, name, value)}"><code>${said}</code></a> `;
  });
}

function linkWith(query: AlertsQuery, name: string, value: string): string {
  const matcher: Matcher = { type: '=', name, value, matches: (other) => other === value };
  const others = query.matchers.filter((one) => one.name !== name);
  const parameters = new URLSearchParams({ filter: formatMatchers([...others, matcher]) });
  if (query.receiver !== '') parameters.set('receiver', query.receiver);
  for (const flag of ['silenced', 'inhibited', 'muted'] as const) if (query[flag]) parameters.set(flag, 'true');
  return `#/alerts?${parameters.toString()}`;
}

/** `1 alert`, `2 alerts`. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
