import { compareText, sortedNames, type LabelSet } from '@tandem/alerting';

/** What JSON must escape, and what Go's encoder escapes besides, so that JSON may stand in HTML. */
const ESCAPED = /["\\<>&\u0000-\u001f\u2028\u2029\ud800-\udfff]/;
const FOR_HTML = /[<>&\u2028\u2029]/g;
const HTML_ESCAPES: Readonly<Record<string, string>> = {
  '<': String.raw`\u003c`,
  '>': String.raw`\u003e`,
  '&': String.raw`\u0026`,
  '\u2028': String.raw`\u2028`,
  '\u2029': String.raw`\u2029`,
};

/** A text as Go's `encoding/json` writes it. */
export function jsonText(text: string): string {
  if (!ESCAPED.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(FOR_HTML, (character) => HTML_ESCAPES[character] ?? character);
}

/** A list of texts. */
export function jsonTexts(texts: readonly string[]): string {
  return `[${texts.map(jsonText).join(',')}]`;
}

/** A label set as an object, by name. */
export function jsonLabels(labels: LabelSet): string {
  let json = '';
  for (const name of namesInOrder(labels)) {
    json += `${json === '' ? '' : ','}${jsonText(name)}:${jsonText(labels.get(name) ?? '')}`;
  }
  return `{${json}}`;
}

/** Labels nearly always come in order: asking is cheaper than sorting. */
function namesInOrder(labels: LabelSet): readonly string[] {
  const names = [...labels.keys()];
  const inOrder = names.every((name, index) => index === 0 || compareText(names[index - 1] ?? '', name) < 0);
  return inOrder ? names : sortedNames(labels);
}

/** A time (Unix ms) as `"2026-01-01T00:00:00.000Z"`: UTC, three decimals. */
export function jsonTime(timeMs: number): string {
  return `"${new Date(timeMs).toISOString()}"`;
}
