import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type AnyValue } from '@tandem/alertmanager-config';

import { customPayload } from '../src/webhook/custom-payload.ts';
import { webhookConfig } from './fixtures.ts';

/** What a `payload` is sent as. */
function sent(written: string): string {
  const payload = webhookConfig(`url: 'http://a/x', payload: ${written}`).receivers[0]?.webhook_configs[0]?.payload;
  const outcome = customPayload(payload ?? null);
  return outcome.ok ? outcome.value.trimEnd() : outcome.error;
}

describe('a payload of one’s own', () => {
  // Each as Alertmanager 0.34 sent it.
  it.each([
    ['"just text"', '"just text"'],
    ['"5"', '5'],
    ['5', '5'],
    ['{}', '{}'],
    ['[1, {a: "b"}]', '[1,{"a":"b"}]'],
    ['{a: "5", b: "true", c: "[1,2]", d: "{x: y}", e: "null"}', '{"a":5,"b":true,"c":[1,2],"d":{"x":true},"e":null}'],
    ['{f: "1e3", g: "0x10", h: "2020-01-01", i: "~", j: ""}', '{"f":1000,"g":16,"h":"2020-01-01","i":null,"j":null}'],
    ['{k: "a: b", m: " sp ", n1: 9007199254740993}', '{"k":{"a":"b"},"m":" sp ","n1":9007199254740993}'],
    [`{r: "'q'", s: "x # y", t: "- a", zz: "a\\n"}`, `{"r":"'q'","s":"x # y","t":["a"],"zz":"a\\n"}`],
    ['{o: 1.0e30, p: 2020-01-01, f: .5, 5: 6, true: x}', '{"f":0.5,"o":1e+30,"p":"2020-01-01"}'],
    ['{q: "a: b: c", r: "[x", s: "@foo", u: "&a b"}', '{"q":"a: b: c","r":"[x","s":"@foo","u":"\\u0026a b"}'],
    ['{b: "key:\\n  - 1\\n  - two\\n", A: "x\\ty"}', '{"A":"x\\ty","b":{"key":[1,"two"]}}'],
    ['{aa: "yes", bb: "012", cc: "1_000", ee: \'"quoted"\'}', '{"aa":true,"bb":10,"cc":1000,"ee":"\\"quoted\\""}'],
  ])('%s is sent as %s', (written, json) => {
    expect(sent(written)).toBe(json);
  });

  it('is JSON, or refused, whatever it is', () => {
    const { value } = fc.letrec<{ value: AnyValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.string({ unit: 'grapheme' }),
        fc.double(),
        fc.bigInt(),
        fc.boolean(),
        fc.constant(null),
        fc.array(tie('value'), { maxLength: 3 }),
        fc.array(fc.tuple(fc.string(), tie('value')), { maxLength: 3 }).map((pairs) => new Map(pairs)),
      ),
    }));
    fc.assert(
      fc.property(value, (payload) => {
        const outcome = customPayload(payload);
        if (outcome.ok) JSON.parse(outcome.value);
        return outcome.ok || outcome.error.startsWith('payload ');
      }),
    );
  });
});
