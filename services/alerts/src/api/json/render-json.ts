import { compareText, sortedNames, type LabelSet } from '@tandem/alerting';

/** What JSON must escape, and what Go's encoder escapes besides, so that JSON may stand in HTML. */
const ESCAPED = /["\\<>&\u0000-\u001f\u2028\u2029\p{Cs}]/u;
const FOR_HTML = /[<>&\u2028\u2029]/gu;

/** A text as Go's `encoding/json` writes it. */
export function jsonText(text: string): string {
  if (!ESCAPED.test(text)) return `"${text}"`;
  return JSON.stringify(text).replace(FOR_HTML, escapeUnit);
}

function escapeUnit(character: string): string {
  return String.raw`\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A list of texts. */
export function jsonTexts(texts: readonly string[]): string {
  return `[${texts.map(jsonText).join(',')}]`;
}

/** A label set as an object, by name. */
export function jsonLabels(labels: LabelSet): string {
  const pairs: string[] = [];
  for (const name of namesInOrder(labels)) pairs.push(`${jsonText(name)}:${jsonText(labels.get(name) ?? '')}`);
  return `{${pairs.join(',')}}`;
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
