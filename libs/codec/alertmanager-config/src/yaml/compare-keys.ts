const LETTER = /^\p{L}$/u;
const DIGIT = /^\p{Nd}$/u;

/** The order in which yaml.v2 writes the keys of a mapping: letters after other signs, numbers within a text by value. */
export function compareKeys(a: string, b: string): number {
  const [left, right] = [Array.from(a), Array.from(b)];
  for (let at = 0; at < left.length && at < right.length; at++) {
    const [x = '', y = ''] = [left[at], right[at]];
    if (x !== y) return compareAt(left, right, at);
  }
  return left.length - right.length;
}

function compareAt(left: readonly string[], right: readonly string[], at: number): number {
  const [x, y] = [left[at] ?? '', right[at] ?? ''];
  const [letterX, letterY] = [LETTER.test(x), LETTER.test(y)];
  if (letterX && letterY) return code(x) - code(y);
  if (letterX !== letterY) return letterY ? -1 : 1;
  return compareNumbers(left, right, at) || code(x) - code(y);
}

function compareNumbers(left: readonly string[], right: readonly string[], at: number): number {
  // Within a number that has begun, a zero counts.
  const zero = left[at] === '0' || right[at] === '0';
  const begun = zero && numberBegan(left, at) ? '1' : '0';
  const [m, n] = [begun + digits(left, at), begun + digits(right, at)];
  const difference = BigInt(m) - BigInt(n);
  return difference === 0n ? m.length - n.length : Number(difference > 0n) * 2 - 1;
}

function numberBegan(text: readonly string[], at: number): boolean {
  for (let index = at - 1; index >= 0 && DIGIT.test(text[index] ?? ''); index--) {
    if (text[index] !== '0') return true;
  }
  return false;
}

function digits(text: readonly string[], at: number): string {
  let end = at;
  while (end < text.length && /^\d$/.test(text[end] ?? '')) end++;
  return text.slice(at, end).join('');
}

function code(character: string): number {
  return character.codePointAt(0) ?? 0;
}
