import { html, type Html } from './html.ts';
import { type StatusView } from './views.ts';

/** The cluster, versions, and the configuration in force. */
export function statusPage({ cluster, config, uptime, versionInfo }: StatusView): Html {
  const peers = cluster.peers.map(({ name, address }) => html`<li>${name} <code>${address}</code></li>`);
  const versions = Object.entries(versionInfo).map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd>${value}</dd>`,
  );
  return html`<h1 tabindex="-1">Status</h1>
    <p>Up since <time datetime="${uptime}">${uptime}</time></p>
    <section>
      <h2>Cluster <span class="state">${cluster.status}</span></h2>
      <p>${cluster.name ?? 'No name'}</p>
      <ul>
        ${peers}
      </ul>
    </section>
    <section>
      <h2>Version</h2>
      <dl>${versions}</dl>
    </section>
    <section>
      <h2>Configuration</h2>
      <pre>${config.original}</pre>
    </section>`;
}
