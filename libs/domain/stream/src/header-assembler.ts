import { type RecordHeaders } from './record.ts';
import { TextCache } from './text-cache.ts';

/** Layouts kept: writers have a handful. */
const MAX_LAYOUTS = 16;

/** The names of a record's headers, in their order, and headers that have them. */
interface Layout {
  readonly names: readonly string[];
  readonly template: Readonly<Record<string, string>>;
}

/**
 * Makes the headers of records as drivers read them, name and value one after the other. Nearly all records of a topic have
 * the same names in the same order: their headers are copies of one object, so that engines know where everything is.
 */
export class HeaderAssembler {
  readonly #cache = new TextCache();
  readonly #layouts: Layout[] = [];
  #names: string[] = [];
  #values: string[] = [];

  /** Takes the next name or value, UTF-8. */
  take(bytes: Buffer, from: number, to: number): void {
    const text = this.#cache.ascii(bytes, from, to) ?? bytes.toString('utf8', from, to);
    if (this.#names.length === this.#values.length) this.#names.push(text);
    else this.#values.push(text);
  }

  /** The headers taken since the last call; of a name taken twice the last value. */
  finish(): RecordHeaders {
    const names = this.#names;
    const values = this.#values;
    const headers = { ...this.#layoutOf(names).template };
    // All are there already, `__proto__` too if it must be: nothing is inherited here.
    for (let i = 0; i < values.length; i++) headers[names[i] ?? ''] = values[i] ?? '';
    names.length = 0;
    values.length = 0;
    return headers;
  }

  /** Forgets what was taken: the record cannot be read. */
  reset(): void {
    this.#names.length = 0;
    this.#values.length = 0;
  }

  #layoutOf(names: readonly string[]): Layout {
    for (const layout of this.#layouts) if (isSame(layout.names, names)) return layout;
    const layout = { names: [...names], template: Object.fromEntries(names.map((name) => [name, ''])) };
    if (this.#layouts.length === MAX_LAYOUTS) this.#layouts.shift();
    this.#layouts.push(layout);
    return layout;
  }
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
