import { type AlertsPeer } from '@tandem/testing';

/** A configuration whose groups are told of soon. */
export function quickConfig(url: string, more = ''): string {
  return `
route: { receiver: sink, group_by: [alertname], group_wait: 1s, group_interval: 2s, repeat_interval: 1h${more} }
receivers: [{ name: sink, webhook_configs: [{ url: '${url}' }] }]
`;
}

/** Posts alerts that fire until they are posted with an end. */
export async function post(
  peer: Pick<AlertsPeer, 'url'>,
  labels: Readonly<Record<string, string>>,
  times: { readonly endsAt?: string } = {},
): Promise<number> {
  const response = await fetch(`${peer.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([{ labels, ...times }]),
  });
  await response.arrayBuffer();
  return response.status;
}

/** Names of the alerts an instance has. */
export async function alertnames(peer: Pick<AlertsPeer, 'url'>): Promise<readonly string[]> {
  const alerts = (await get(peer, '/api/v2/alerts')) as readonly { readonly labels: { readonly alertname: string } }[];
  return alerts.map(({ labels }) => labels.alertname).toSorted();
}

/** What `status` says of the cluster. */
export async function clusterOf(peer: Pick<AlertsPeer, 'url'>): Promise<{
  readonly status: string;
  readonly peers: readonly { readonly name: string; readonly address: string }[];
}> {
  const status = (await get(peer, '/api/v2/status')) as { readonly cluster: Awaited<ReturnType<typeof clusterOf>> };
  return status.cluster;
}

async function get(peer: Pick<AlertsPeer, 'url'>, path: string): Promise<unknown> {
  return (await fetch(`${peer.url}${path}`)).json();
}
