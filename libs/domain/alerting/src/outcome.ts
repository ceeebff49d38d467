/** What came of reading a text: the value, or why it is none. */
export type Outcome<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

/** It could be read. */
export function success<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

/** It could not, because. */
export function failure(error: string): { readonly ok: false; readonly error: string } {
  return { ok: false, error };
}
