import { failure, success, type Outcome } from '@tandem/alerting';

/** What people reach an instance by. */
export interface WebAddress {
  /** Without a `/` at its end. */
  readonly externalUrl: string;
  /** Before every path: nothing, or `/alerts`. */
  readonly routePrefix: string;
}

/** What it is made of. */
export interface WebAddressParts {
  /** `--web.external-url`; empty: not given. */
  readonly externalUrl: string;
  /** `--web.route-prefix` */
  readonly routePrefix: string | undefined;
  readonly hostname: string;
  /** Of the first address that is listened on, as it was given. */
  readonly port: number;
}

/** The external URL and the prefix of routes, by upstream's rules: each is made of the other parts where it is not given. */
export function webAddress({ externalUrl, routePrefix, hostname, port }: WebAddressParts): Outcome<WebAddress> {
  const text = externalUrl === '' ? `http://${hostname}:${port}/` : externalUrl;
  if (!/^https?:\/\/[^/?#]/iu.test(text) || !URL.canParse(text)) {
    return failure(
      `invalid --web.external-url "${maskedUrl(text)}": expected http://host or https://host, and a path or none`,
    );
  }
  return success({
    externalUrl: text.replace(/\/+$/u, ''),
    routePrefix: prefixOf(routePrefix ?? new URL(text).pathname),
  });
}

function prefixOf(path: string): string {
  const bare = path.replaceAll(/^\/+|\/+$/gu, '');
  return bare === '' ? '' : `/${bare}`;
}

/** Without what stands before an `@`: it may be a password. */
function maskedUrl(text: string): string {
  return text.replace(/\/\/[^/?#]*@/u, '//<secret>@');
}
