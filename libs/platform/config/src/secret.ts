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

/** An address with its password, and a user name that stands alone (often a token), masked. */
export function maskUrl(url: string): string {
  return url.replace(/^(\w[\w+.-]*:\/\/)(?:([^/@]*):)?([^/@]*)@/u, (_all, scheme: string, user: string | undefined) =>
    user === undefined ? `${scheme}${MASK}@` : `${scheme}${user}:${MASK}@`,
  );
}
