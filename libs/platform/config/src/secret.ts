import { inspect } from 'node:util';

/** How every secret prints. */
export const MASK = '<secret>';

/** A value that prints as `<secret>` in every way there is; only `reveal` gives it away, where it is handed to a driver. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** The value itself. */
  reveal(): string {
    return this.#value;
  }

  /** `<secret>`; a `SecretUrl` prints its address without the password. */
  toString(): string {
    return MASK;
  }

  toJSON(): string {
    return this.toString();
  }

  [Symbol.toPrimitive](): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** An address that may hold a password: it prints as `redis://user:<secret>@host:6379`. */
export class SecretUrl extends Secret {
  override toString(): string {
    return maskUrl(this.reveal());
  }
}

/** Masks the password of an address, a user name that stands alone (often a token), and passwords in its query. */
export function maskUrl(url: string): string {
  const userinfo = /^(\w[\w+.-]*:\/\/)([^/?#]*)@/u;
  return url
    .replace(userinfo, (_all, scheme: string, credentials: string) => {
      const colon = credentials.indexOf(':');
      return colon === -1 ? `${scheme}${MASK}@` : `${scheme}${credentials.slice(0, colon)}:${MASK}@`;
    })
    .replaceAll(/([?&](?:password|token|secret)=)[^&#]*/giu, `$1${MASK}`);
}
