/** Writes the TypeScript of the Avro records: an interface, the schema and its fingerprint for each proto/avro/*.avsc. */
import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';

const SOURCE = 'proto/avro';
const TARGET = 'libs/codec/records/src/generated';
const PRIMITIVES = {
  null: 'null',
  boolean: 'boolean',
  int: 'number',
  long: 'number',
  double: 'number',
  string: 'string',
  bytes: 'Uint8Array',
};

/**
 * @param {string} root the repository
 * @returns {Promise<Map<string, string>>} content by path from the root, not yet formatted
 */
export async function generateAvro(root) {
  const files = new Map();
  const names = (await readdir(join(root, SOURCE))).filter((name) => name.endsWith('.avsc')).sort();
  for (const name of names) {
    const schema = JSON.parse(await readFile(join(root, SOURCE, name), 'utf8'));
    files.set(`${TARGET}/${basename(name, '.avsc')}.ts`, moduleOf(name, schema));
  }
  return files;
}

function moduleOf(file, schema) {
  const constant = schema.name.replace(/(?<=[a-z])(?=[A-Z])/g, '_').toUpperCase();
  const fields = schema.fields.map(({ name, type, doc }) => `  /** ${doc} */\n  readonly ${name}: ${typeOf(type)};`);
  return [
    `/* Made from ${SOURCE}/${file} by tools/generate-avro.mjs. Do not edit. */`,
    '',
    `/** ${schema.doc} */`,
    `export interface ${schema.name} {\n${fields.join('\n')}\n}`,
    '',
    `/** The schema of {@link ${schema.name}}, without its comments. */`,
    `export const ${constant}_SCHEMA = ${JSON.stringify(withoutDocs(schema))} as const;`,
    '',
    `/** CRC-64-AVRO of the schema's canonical form, hexadecimal. */`,
    `export const ${constant}_FINGERPRINT = '${fingerprint(schema)}';`,
    '',
  ].join('\n');
}

function typeOf(type) {
  if (Array.isArray(type)) return type.map(typeOf).reverse().join(' | ');
  if (type.type === 'map') return `Readonly<Record<string, ${typeOf(type.values)}>>`;
  if (type.type === 'array') return `readonly ${itemsOf(type.items)}[]`;
  if (type.type === 'record')
    return `{ ${type.fields.map((field) => `readonly ${field.name}: ${typeOf(field.type)}`).join('; ')} }`;
  const primitive = PRIMITIVES[type];
  if (primitive === undefined) throw new Error(`cannot generate a type for ${JSON.stringify(type)}`);
  return primitive;
}

function itemsOf(items) {
  const type = typeOf(items);
  return items.type === 'array' || Array.isArray(items) ? `(${type})` : type;
}

function withoutDocs({ doc: _doc, fields, ...schema }) {
  return { ...schema, fields: fields.map(({ doc: _fieldDoc, ...field }) => ({ ...field, type: bare(field.type) })) };
}

function bare(type) {
  if (Array.isArray(type)) return type.map(bare);
  if (type.type === 'array') return { ...type, items: bare(type.items) };
  return type.type === 'record' ? withoutDocs(type) : type;
}

function fingerprint(schema) {
  const require = createRequire(import.meta.url);
  return crc64(JSON.stringify(require('avsc').Type.forSchema(schema).schema()))
    .toString(16)
    .padStart(16, '0');
}

const EMPTY = 0xc15d213aa4d7a795n;

/** CRC-64-AVRO of a text (Avro specification, "Schema Fingerprints"). */
export function crc64(text) {
  let crc = EMPTY;
  for (const byte of Buffer.from(text)) {
    let row = (crc ^ BigInt(byte)) & 0xffn;
    for (let bit = 0; bit < 8; bit++) row = (row >> 1n) ^ (row & 1n ? EMPTY : 0n);
    crc = (crc >> 8n) ^ row;
  }
  return crc;
}
