import { document } from '../http/answers.ts';
import { jsonText, jsonTime } from '../json/render-json.ts';
import { type ApiBackend } from '../backend.ts';
import { type Operation } from '../operation.ts';

/** What the program says of itself in `versionInfo`. */
export interface VersionInfo {
  /** Version of Alertmanager that the API is that of: clients go by it. */
  readonly compatible: string;
  /** Its own version. */
  readonly version: string;
}

/** `versionInfo`: every member, as amtool insists. */
export function renderVersionInfo({ compatible, version }: VersionInfo): string {
  const members = {
    branch: 'tandem',
    buildDate: '',
    buildUser: '',
    goVersion: `node ${process.version}`,
    revision: `tandem ${version}`,
    version: compatible,
  };
  return `{${Object.entries(members)
    .map(([name, value]) => `"${name}":${jsonText(value)}`)
    .join(',')}}`;
}

/** `GET /status` */
export const getStatus: Operation = (_request, { backend, versionInfo }) =>
  document(
    `{"cluster":${renderCluster(backend)},"config":{"original":${jsonText(backend.config().original)}},` +
      `"uptime":${jsonTime(backend.self.startedAtMs)},"versionInfo":${versionInfo}}`,
  );

function renderCluster(backend: ApiBackend): string {
  const status = backend.clusterStatus();
  if (status === 'disabled') return '{"peers":[],"status":"disabled"}';
  const peers = backend
    .members()
    .map(({ name, address }) => `{"address":${jsonText(address)},"name":${jsonText(name)}}`);
  return `{"name":${jsonText(backend.self.name)},"peers":[${peers.join(',')}],"status":"${status}"}`;
}
