import { FileText } from './file-text.ts';

/** Where a text comes from: the configuration, or a file. */
export type TextSource = () => Promise<string>;

/** A text of the configuration, or the trimmed one of a file where a file is named. */
export function textSource(text: string, file: string): TextSource {
  if (file === '') return () => Promise.resolve(text);
  const source = new FileText(file);
  return async () => (await source.read()).trim();
}
