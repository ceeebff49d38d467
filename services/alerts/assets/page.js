// Shows the page that the fragment of the address names: pieces of HTML made by the server, below pages/.
'use strict';

const main = document.querySelector('main');
/** A place has one or two parts, and parameters. */
const PLACE = /^\/[\w-]+(?:\/[\w-]+)?(?:\?.*)?$/;
let shown = 0;

async function show() {
  const place = location.hash.slice(1) || '/alerts';
  if (!place.startsWith('/')) return;
  const turn = ++shown;
  main.setAttribute('aria-busy', 'true');
  const text = PLACE.test(place) ? await load(`pages${place}`) : '<h1 tabindex="-1">There is no such page</h1>';
  // Who went on meanwhile does not want this page any more.
  if (turn !== shown) return;
  main.innerHTML = text;
  main.setAttribute('aria-busy', 'false');
  markPlace(place);
}

async function load(url) {
  try {
    const answer = await fetch(url, { cache: 'no-store' });
    const type = answer.headers.get('content-type') ?? '';
    if (type.startsWith('text/html')) return await answer.text();
    return `<h1 tabindex="-1">That cannot be shown</h1><p role="alert">Status ${answer.status}</p>`;
  } catch {
    return '<h1 tabindex="-1">No answer</h1><p role="alert">The server cannot be reached.</p>';
  }
}

function markPlace(place) {
  const heading = main.querySelector('h1');
  heading?.focus();
  document.title = `${heading?.textContent ?? 'Alertmanager'} · Alertmanager`;
  for (const link of document.querySelectorAll('nav a')) {
    if (place.startsWith(link.getAttribute('href').slice(1))) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
}

function submit(event) {
  const form = event.target;
  event.preventDefault();
  const fields = new FormData(form);
  if (form.dataset.silence !== undefined) void createSilence(form, fields);
  else location.hash = `#${form.dataset.hash}?${new URLSearchParams(fields)}`;
}

async function createSilence(form, fields) {
  const now = Date.now();
  const silence = {
    matchers: JSON.parse(form.dataset.silence),
    startsAt: new Date(now).toISOString(),
    endsAt: new Date(now + Number(fields.get('hours')) * 3_600_000).toISOString(),
    createdBy: fields.get('createdBy'),
    comment: fields.get('comment'),
  };
  const answer = await send('api/v2/silences', 'POST', silence);
  if (answer.ok) location.hash = `#/silences/${answer.value.silenceID}`;
  else form.querySelector('[role=alert]').textContent = answer.problem;
}

async function click(event) {
  const id = event.target.dataset?.expire;
  if (id === undefined) return;
  event.target.disabled = true;
  const answer = await send(`api/v2/silence/${encodeURIComponent(id)}`, 'DELETE');
  if (answer.ok) return void show();
  event.target.disabled = false;
  event.target.insertAdjacentText('afterend', ` ${answer.problem}`);
}

async function send(url, method, body) {
  const init =
    body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  try {
    const answer = await fetch(url, { method, ...init });
    const text = await answer.text();
    const value = text === '' ? {} : JSON.parse(text);
    if (answer.ok) return { ok: true, value };
    return { ok: false, problem: typeof value === 'string' ? value : (value.message ?? `Status ${answer.status}`) };
  } catch {
    return { ok: false, problem: 'The server cannot be reached.' };
  }
}

main.addEventListener('submit', submit);
main.addEventListener('click', (event) => void click(event));
window.addEventListener('hashchange', () => void show());
void show();
