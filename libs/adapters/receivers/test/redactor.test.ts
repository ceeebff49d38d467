import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';

import { Redactor } from '../src/http/redactor.ts';

describe('a redactor', () => {
  it('takes out a URL, its path, its user and its tokens, however they are quoted', () => {
    const redactor = new Redactor();
    redactor.learnUrl(new URL('https://us%40er:p%40ss@hooks.example/services/T0001/abcdefgh?key=ijklmnop'));
    expect(redactor.clean('no hook /services/T0001/abcdefgh?key=ijklmnop')).toBe('no hook <secret>');
    expect(redactor.clean('token abcdefgh or ijklmnop')).toBe('token <secret> or <secret>');
    expect(redactor.clean('us@er p@ss p%40ss')).toBe('<secret> <secret> <secret>');
    expect(redactor.clean('nothing')).toBe('nothing');
  });

  it('leaves nothing of what it has learned, even where one secret is in another', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 9 }), { minLength: 1, maxLength: 5 }),
        fc.string(),
        (secrets, text) => {
          const redactor = new Redactor();
          for (const secret of secrets) redactor.learn(secret);
          const cleaned = redactor.clean(`${text}${secrets.join('')}`);
          return secrets.every((secret) => !cleaned.includes(secret));
        },
      ),
    );
  });
});
