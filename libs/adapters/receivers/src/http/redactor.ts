import { MASK } from '@tandem/alertmanager-config';

/** What of a URL is long enough to be a token: of shorter pieces, an answer may have the same by chance. */
const MIN_PIECE = 8;
/** So that tokens that are changed for years do not pile up. */
const MAX_KNOWN = 256;

/** Takes secrets out of texts that are shown: of answers that quote the request, and of errors. */
export class Redactor {
  readonly #known = new Set<string>();

  /** From here on this is a secret. */
  learn(secret: string): void {
    if (secret === '' || this.#known.has(secret)) return;
    const [oldest] = this.#known;
    if (this.#known.size >= MAX_KNOWN && oldest !== undefined) this.#known.delete(oldest);
    this.#known.add(secret);
  }

  /** From here on a URL, its path and query, whom it names, and whatever of it may be a token are secrets. */
  learnUrl(url: URL): void {
    const { href, pathname, search, username, password } = url;
    for (const text of [href, pathname + search, pathname, search.slice(1)]) if (text.length > 1) this.learn(text);
    for (const text of [username, password, decoded(username), decoded(password)]) this.learn(text);
    const pieces = [...pathname.split('/'), ...url.searchParams.values()];
    for (const piece of pieces) if (piece.length >= MIN_PIECE) this.learn(piece);
  }

  /** A text with `<secret>` in place of every secret. */
  clean(text: string): string {
    const longestFirst = [...this.#known].toSorted((a, b) => b.length - a.length);
    return longestFirst.reduce((cleaned, secret) => cleaned.replaceAll(secret, MASK), text);
  }
}

/** What escapes stand for; as it is where they are none. */
export function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
