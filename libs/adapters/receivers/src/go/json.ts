import { compareText } from '@tandem/alerting';

/** What can be written: a map’s entries are sorted by name. */
export type GoValue = null | boolean | bigint | number | string | readonly GoValue[] | ReadonlyMap<string, GoValue>;

/** What Go escapes beside what must be, so that JSON may stand in HTML and in JavaScript. */
const ESCAPED: ReadonlyMap<string, string> = new Map([
  ['<', String.raw`\u003c`],
  ['>', String.raw`\u003e`],
  ['&', String.raw`\u0026`],
  ['\u2028', String.raw`\u2028`],
  ['\u2029', String.raw`\u2029`],
]);

/** JSON as Go's `encoding/json` writes it: names of maps in the order of their bytes, HTML escaped. Numbers are finite. */
export function formatGoJson(value: GoValue): string {
  if (typeof value === 'string') return formatText(value);
  if (typeof value === 'bigint') return value.toString();
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (value instanceof Map) return formatMap(value as ReadonlyMap<string, GoValue>);
  return `[${(value as readonly GoValue[]).map(formatGoJson).join(',')}]`;
}

/** An object as Go writes a struct: its members in the order given. */
export function formatGoStruct(members: readonly (readonly [name: string, json: string])[]): string {
  return `{${members.map(([name, json]) => `"${name}":${json}`).join(',')}}`;
}

function formatMap(map: ReadonlyMap<string, GoValue>): string {
  const names = [...map.keys()].toSorted(compareText);
  return `{${names.map((name) => `${formatText(name)}:${formatGoJson(map.get(name) ?? null)}`).join(',')}}`;
}

function formatText(text: string): string {
  // What is no character cannot have come in as UTF-8: Go would have read the replacement character.
  const sound = text.replaceAll(/\p{Surrogate}/gu, '\ufffd');
  return JSON.stringify(sound).replaceAll(/[<>&\u2028\u2029]/gu, (sign) => ESCAPED.get(sign) ?? sign);
}
