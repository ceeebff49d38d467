/** Where to listen: port 0 takes a free one, an empty host means every address of the machine. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

const HOST_AND_PORT = /^(?:\[([\da-fA-F:.%\w]+)\]|([^\s:/[\]]*)):(\d{1,5})$/u;

/** Reads `:9460`, `127.0.0.1:9460`, `localhost:9460` or `[::1]:0`, or gives `undefined`. */
export function parseAddress(text: string): Address | undefined {
  const match = HOST_AND_PORT.exec(text);
  const port = Number(match?.[3] ?? -1);
  if (match === null || port > 65_535) return undefined;
  return { host: match[1] ?? match[2] ?? '', port };
}

/** Writes an address as it is read. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
}
