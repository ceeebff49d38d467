import { formatMatchers, type Matcher } from '@tandem/alerting';

import { alertItem, counted } from './alerts-page.ts';
import { html, type Html } from './html.ts';
import { matchersText, matcherViews } from './matcher-text.ts';
import { type AlertView, type SilenceView } from './views.ts';

/** Silences on one page, of each state. */
const MAX_SHOWN = 500;
/** Alerts shown as examples of those a silence is meant for. */
const MAX_EXAMPLES = 20;
/** What lasts how long may be chosen, hours. */
const DURATIONS: readonly (readonly [hours: number, said: string])[] = [
  [1, '1 hour'],
  [2, '2 hours'],
  [4, '4 hours'],
  [8, '8 hours'],
  [24, '1 day'],
  [72, '3 days'],
  [168, '1 week'],
];

/** Silences by state, and the form to ask for others. */
export function silencesPage(matchers: readonly Matcher[], silences: readonly SilenceView[]): Html {
  const filter = matchers.length === 0 ? '' : formatMatchers(matchers);
  return html`<h1 tabindex="-1">Silences</h1>
    <form data-hash="/silences" role="search">
      <label>Matchers of the silence <input name="filter" value="${filter}" size="50" /></label>
      <button>Show</button>
    </form>
    <p><a href="#/silences/new">New silence</a></p>
    ${['active', 'pending', 'expired'].map((state) => ofState(state, silences))}`;
}

function ofState(state: string, silences: readonly SilenceView[]): Html {
  const those = silences.filter(({ status }) => status.state === state);
  const more = those.length > MAX_SHOWN ? html`<p>The first ${MAX_SHOWN} are shown.</p>` : undefined;
  return html`<section>
    <h2>${state} <span class="count">${those.length}</span></h2>
    ${more}
    <ul>
      ${those.slice(0, MAX_SHOWN).map((silence) => html`<li>${summary(silence)}</li>`)}
    </ul>
  </section>`;
}

function summary(silence: SilenceView): Html {
  const { id, matchers, createdBy, comment } = silence;
  return html`<p>
      <a href="#/silences/${encodeURIComponent(id)}"><code>${matchersText(matchers)}</code></a>
    </p>
    <p>${times(silence)} · ${createdBy}: ${comment}</p>`;
}

function times({ startsAt, endsAt }: SilenceView): Html {
  return html`<time datetime="${startsAt}">${startsAt}</time> to <time datetime="${endsAt}">${endsAt}</time>`;
}

/** One silence, the alerts it is meant for, and the button that ends it. */
export function silencePage(silence: SilenceView, alerts: readonly AlertView[]): Html {
  const { id, matchers, status, createdBy, comment } = silence;
  const text = matchersText(matchers);
  const again = `#/silences/new?${new URLSearchParams({ filter: text }).toString()}`;
  const expire = html`<p><button type="button" data-expire="${id}">Expire</button></p>`;
  return html`<h1 tabindex="-1">Silence <span class="state ${status.state}">${status.state}</span></h1>
    <p><code>${text}</code></p>
    <p>${times(silence)} · ${createdBy}: ${comment}</p>
    <p>ID <code>${id}</code></p>
    ${status.state === 'expired' ? undefined : expire}
    <p><a href="${again}">New silence with these matchers</a></p>
    ${affected(alerts)}`;
}

/** The form of a new silence: first what it is meant for, which is shown; then for how long, by whom and why. */
export function newSilencePage(matchers: readonly Matcher[], alerts: readonly AlertView[]): Html {
  const filter = matchers.length === 0 ? '' : formatMatchers(matchers);
  return html`<h1 tabindex="-1">New silence</h1>
    <form data-hash="/silences/new">
      <label>Matchers <input name="filter" value="${filter}" placeholder='{alertname="…"}' size="50" required /></label>
      <button>Show what they match</button>
    </form>
    ${matchers.length === 0 ? undefined : details(matchers)} ${matchers.length === 0 ? undefined : affected(alerts)}`;
}

function details(matchers: readonly Matcher[]): Html {
  const [first, ...others] = DURATIONS.map(([hours, said]) => html`<option value="${hours}">${said}</option>`);
  return html`<form data-silence="${JSON.stringify(matcherViews(matchers))}">
    <label
      >From now for
      <select name="hours">
        ${first}${others}
      </select></label
    >
    <label>Creator <input name="createdBy" required autocomplete="username" /></label>
    <label>Comment <input name="comment" required size="50" /></label>
    <button>Create</button>
    <p role="alert"></p>
  </form>`;
}

function affected(alerts: readonly AlertView[]): Html {
  return html`<section>
    <h2>${counted(alerts.length, 'alert')} now that it is meant for</h2>
    <ul class="alerts">
      ${alerts.slice(0, MAX_EXAMPLES).map((alert) => html`<li>${alertItem(alert)}</li>`)}
    </ul>
  </section>`;
}
