/** What a command has to say. */
export interface Report {
  /** For standard output; nothing where it is empty. */
  readonly text: string;
  /** For standard error, a line each. */
  readonly notes: readonly string[];
}

/** Says it. */
export function printReport({ text, notes }: Report): void {
  if (text !== '') console.log(text);
  for (const note of notes) console.error(note);
}

/** A value as JSON for programs. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}

/** The note about records that could not be read, if there were any. */
export function unreadableNote(topic: string, count: number): readonly string[] {
  if (count === 0) return [];
  const what = count === 1 ? '1 record' : `${count} records`;
  return [`${what} of ${topic} cannot be read and ${count === 1 ? 'is' : 'are'} left out: is this version older?`];
}
