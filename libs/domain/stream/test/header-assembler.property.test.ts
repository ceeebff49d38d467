import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';
import { HeaderAssembler } from '../src/index.ts';

const name = fc.oneof(
  fc.constantFrom('tenant', 'cluster', 'min-ts', '__proto__', 'constructor', ''),
  fc.string({ unit: 'binary', maxLength: 80 }),
);
const value = fc.oneof(fc.constantFrom('a', 'b', ''), fc.string({ unit: 'binary', maxLength: 80 }));
const record = fc.array(fc.tuple(name, value), { maxLength: 6 });

function take(assembler: HeaderAssembler, text: string): void {
  const bytes = Buffer.from(`..${text}..`);
  assembler.take(bytes, 2, bytes.length - 2);
}

describe('headers that are assembled', () => {
  test('are those that were taken, record by record, whatever came before', () => {
    fc.assert(
      fc.property(fc.array(record, { maxLength: 40 }), (records) => {
        const assembler = new HeaderAssembler();
        for (const pairs of records) {
          for (const [key, text] of pairs) {
            take(assembler, key);
            take(assembler, text);
          }
          const headers = assembler.finish();
          expect(Object.entries(headers)).toEqual(Object.entries(Object.fromEntries(pairs)));
          expect(Object.getPrototypeOf(headers)).toBe(Object.prototype);
        }
      }),
    );
  });

  test('hold nothing of a record that could not be read', () => {
    const assembler = new HeaderAssembler();
    take(assembler, 'tenant');
    take(assembler, 'a');
    take(assembler, 'cluster');
    assembler.reset();
    take(assembler, 'replica');
    take(assembler, 'b');
    expect(assembler.finish()).toEqual({ replica: 'b' });
  });
});
