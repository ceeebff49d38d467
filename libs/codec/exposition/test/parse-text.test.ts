import { describe, expect, it } from '@jest/globals';
import { parseText, type ExpositionSample } from '../src/index.ts';

function samplesOf(text: string): readonly ExpositionSample[] {
  const result = parseText(text);
  if (!result.ok) throw new Error(`line ${result.line}: ${result.message}`);
  return result.samples;
}

const only = (text: string): ExpositionSample | undefined => samplesOf(text)[0];

describe('the text format', () => {
  it('reads a counter with its help, type, labels and timestamp', () => {
    const text = [
      '# HELP http_requests_total The total number of HTTP requests.',
      '# TYPE http_requests_total counter',
      'http_requests_total{method="post",code="200"} 1027 1395066363000',
      'http_requests_total{method="post",code="400"}    3 1395066363000',
      '',
    ].join('\n');
    const name = { name: '__name__', value: 'http_requests_total' };
    const method = { name: 'method', value: 'post' };
    expect(parseText(text)).toEqual({
      ok: true,
      families: [{ name: 'http_requests_total', type: 'counter', help: 'The total number of HTTP requests.' }],
      samples: [
        { labels: [name, method, { name: 'code', value: '200' }], value: 1027, timestampMs: 1395066363000 },
        { labels: [name, method, { name: 'code', value: '400' }], value: 3, timestampMs: 1395066363000 },
      ],
    });
  });

  it('reads escapes in label values', () => {
    expect(only(String.raw`m{path="C:\\DIR\\FILE.TXT",error="no\n\"x\""} 1`)?.labels.slice(1)).toEqual([
      { name: 'path', value: String.raw`C:\DIR\FILE.TXT` },
      { name: 'error', value: 'no\n"x"' },
    ]);
  });

  it('reads escapes in help texts, where quotes are not escaped', () => {
    const result = parseText(String.raw`# HELP m a\\b\nc\"d`);
    expect(result).toMatchObject({ families: [{ name: 'm', help: 'a\\b\nc\\"d' }] });
  });

  it.each([
    ['NaN', NaN],
    ['+Inf', Infinity],
    ['-Inf', -Infinity],
    ['1e-3', 0.001],
    ['-.5', -0.5],
    ['1.7560473e+07', 17560473],
    ['+3', 3],
  ])('reads the value %s', (text, value) => {
    expect(only(`m ${text}`)?.value).toBe(value);
  });

  it('takes blanks, trailing commas, empty braces and comments as they come', () => {
    const text = ['  # a comment', '#', ' m { a = "1" , } 2 ', '\tn{} 3', 'o\t4\t-5'];
    expect(samplesOf(text.join('\n'))).toEqual([
      {
        labels: [
          { name: '__name__', value: 'm' },
          { name: 'a', value: '1' },
        ],
        value: 2,
      },
      { labels: [{ name: '__name__', value: 'n' }], value: 3 },
      { labels: [{ name: '__name__', value: 'o' }], value: 4, timestampMs: -5 },
    ]);
  });

  it('reads names in quotes', () => {
    const labels = [
      { name: '__name__', value: 'a.b' },
      { name: 'c d', value: 'e' },
    ];
    expect(only('{"a.b","c d"="e"} 1')?.labels).toEqual(labels);
    expect(parseText('# TYPE "a.b" gauge')).toMatchObject({ families: [{ name: 'a.b', type: 'gauge' }] });
  });

  it('leaves out labels of empty value, which are none', () => {
    expect(only('m{a="",b="1"} 1')?.labels).toEqual([
      { name: '__name__', value: 'm' },
      { name: 'b', value: '1' },
    ]);
  });

  it.each([
    ['m', '"" is not a number'],
    ['m x', '"x" is not a number'],
    ['m 0x', '"0x" is not a number'],
    ['m 1 1.5', '"1.5" is not a timestamp in ms'],
    ['m 1 2 3', '"3" after the timestamp'],
    ['m{a="1} 2', 'a text in quotes has no end'],
    ['m{a="1" b="2"} 2', 'expected "}", found "b="2"} 2"'],
    ['m{a=1} 2', String.raw`expected """, found "1} 2"`],
    ['m{a} 2', 'expected "=", found "} 2"'],
    ['m{a="1",a="2"} 2', 'label "a" is there twice'],
    ['{a="1"} 2', 'a sample without a metric name'],
    ['1m 2', 'expected a metric name, found "1m 2"'],
    ['# TYPE m thing', 'unknown metric type "thing"'],
    ['m{a="1"', 'expected "}", found the end of the line'],
  ])('refuses %s and says on which line', (line, message) => {
    expect(parseText(`ok 1\n\n${line}\nalso_ok 1`)).toEqual({ ok: false, line: 3, message });
  });
});
