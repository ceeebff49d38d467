import { failure, success, type Outcome } from '@tandem/alerting';
import { readAnyValue, type AnyValue } from '@tandem/alertmanager-config';

import { formatGoJson, type GoValue } from '../go/json.ts';

/**
 * A `payload` of the configuration as JSON. As upstream has it, each text is read again as YAML and is what that says,
 * unless that is a text; names that are no texts are left out. The error says why it cannot be sent: it is a template, or
 * no JSON.
 */
export function customPayload(payload: AnyValue): Outcome<string> {
  try {
    return success(`${formatGoJson(valueOf(payload))}\n`);
  } catch (error) {
    if (error instanceof UnsendablePayload) return failure(error.message);
    throw error;
  }
}

class UnsendablePayload extends Error {}

function valueOf(value: AnyValue): GoValue {
  if (typeof value === 'string') return textOf(value);
  if (typeof value === 'number') {
    if (Number.isFinite(value)) return value;
    throw new UnsendablePayload('payload has a number that JSON has not');
  }
  if (value === null || typeof value !== 'object') return value;
  if (!isMap(value)) return value.map(valueOf);
  const named = new Map<string, GoValue>();
  for (const [name, one] of value) if (typeof name === 'string') named.set(plain(name), valueOf(one));
  return named;
}

function textOf(text: string): GoValue {
  const meant = readAnyValue(plain(text));
  if (meant === undefined || typeof meant === 'string') return text;
  return valueOf(meant);
}

function plain(text: string): string {
  if (text.includes('{{')) throw new UnsendablePayload('payload is a template');
  return text;
}

function isMap(value: Extract<AnyValue, object>): value is Extract<AnyValue, ReadonlyMap<unknown, unknown>> {
  return value instanceof Map;
}
