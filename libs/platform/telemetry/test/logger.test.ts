import { describe, expect, test } from '@jest/globals';

import { createLogger, formatLogfmt, throttleLogger, type LogFormat, type Logger } from '../src/index.ts';

function capture(format: LogFormat) {
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  return { lines, logger: createLogger({ level: 'info', format, destination, now: () => 0 }) };
}

const secret = { toJSON: () => '<secret>', toString: () => '<secret>' };

describe('the logger', () => {
  test("writes logfmt in Prometheus' order, one line each", () => {
    const { lines, logger } = capture('logfmt');
    logger.child({ component: 'ingest' }).warn({ cluster: 'eu 1', samples: 3 }, 'request refused');
    expect(lines).toEqual([
      'ts=1970-01-01T00:00:00.000Z level=warn component=ingest msg="request refused" cluster="eu 1" samples=3\n',
    ]);
  });

  test('writes lines as log/slog does, where it is told to', () => {
    const lines: string[] = [];
    const destination = { write: (line: string) => lines.push(line) };
    const logger = createLogger({ level: 'info', format: 'logfmt', style: 'slog', destination, now: () => 0 });
    logger.child({ component: 'web' }).info({ address: '[::]:9093' }, 'Listening on');
    expect(lines).toEqual([
      'time=1970-01-01T00:00:00.000Z level=INFO msg="Listening on" component=web address=[::]:9093\n',
    ]);
  });

  test('writes JSON with the same names', () => {
    const { lines, logger } = capture('json');
    logger.child({ component: 'ingest' }).info({ samples: 3 }, 'x');
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      ts: '1970-01-01T00:00:00.000Z',
      level: 'info',
      component: 'ingest',
      msg: 'x',
      samples: 3,
    });
  });

  test.each(['logfmt', 'json'] as const)('describes errors with their causes and keeps secrets, in %s', (format) => {
    const { lines, logger } = capture(format);
    const error = new Error('cannot append', { cause: new Error('redis://a:hunter2@h gone') });
    logger.child({ password: secret }).error({ error, nested: { password: secret } }, 'failed');
    expect(lines.join('')).toContain('cannot append: redis://a:<secret>@h gone');
    expect(lines.join('')).not.toContain('hunter2');
    expect(lines.join('').match(/<secret>/gu)).toHaveLength(3);
  });

  test('a level that is set later holds for every child', () => {
    const { lines, logger } = capture('json');
    const child = logger.child({ component: 'x' });
    child.debug({}, 'unheard');
    logger.level = 'debug';
    child.debug({}, 'heard');
    expect(child.level).toBe('debug');
    expect(lines).toHaveLength(1);
  });

  test('a field cannot take the place of time, level or message', () => {
    const { lines, logger } = capture('logfmt');
    logger.info({ level: 'x', msg: 'y', ts: 'z' }, 'hello');
    expect(lines[0]).toBe('ts=1970-01-01T00:00:00.000Z level=info msg=hello level_=x msg_=y ts_=z\n');
  });

  test('values that JSON cannot say do not stop a line', () => {
    const { lines, logger } = capture('logfmt');
    const loop: Record<string, unknown> = { big: 1n };
    loop['self'] = loop;
    logger.info({ loop, big: 2n, nothing: undefined, bad: Number.NaN }, 'odd');
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain('msg=odd');
  });
});

describe('logfmt', () => {
  test.each([
    [{ a: 'plain', b: 1.5, c: true, d: null }, 'a=plain b=1.5 c=true d=null'],
    [{ a: '', b: 'x=y', c: 'say "hi"', d: 'a\nb' }, 'a="" b="x=y" c="say \\"hi\\"" d="a\\nb"'],
    [{ 'odd key=': 'x', list: [1, 'a b'], left: undefined }, 'odd_key_=x list="[1,\\"a b\\"]"'],
    [{ name: 'Zürich', url: 'http://h:1/p?q' }, 'name=Zürich url=http://h:1/p?q'],
  ])('%j', (fields, line) => {
    expect(formatLogfmt(fields)).toBe(line);
  });
});

describe('the throttled logger', () => {
  function throttled() {
    const lines: string[] = [];
    const pending: (() => void)[] = [];
    const clock = { nowMs: 0 };
    const write: Logger['warn'] = (fields, message) => lines.push(`${message} ${JSON.stringify(fields)}`);
    const logger = throttleLogger(
      { debug: write, info: write, warn: write, error: write },
      { schedule: (run) => pending.push(run), now: () => clock.nowMs },
    );
    return { lines, logger, clock, endInterval: () => pending.splice(0).forEach((run) => run()) };
  }

  test('writes a message once per interval, then the newest with how many were dropped', () => {
    const { lines, logger, endInterval } = throttled();
    for (let n = 1; n <= 5; n++) logger.warn({ n }, 'slow');
    logger.error({}, 'slow');
    expect(lines).toEqual(['slow {"n":1}', 'slow {}']);
    endInterval();
    expect(lines.slice(2)).toEqual(['slow {"n":5,"similar_lines_left_out":3}']);
    endInterval();
    logger.warn({ n: 6 }, 'slow');
    expect(lines.slice(3)).toEqual(['slow {"n":6}']);
  });

  test('what is repeated without end is written once per interval', () => {
    const { lines, logger, endInterval } = throttled();
    for (let interval = 0; interval < 3; interval++) {
      for (let n = 0; n < 10; n++) logger.warn({}, 'slow');
      endInterval();
    }
    expect(lines).toEqual([
      'slow {}',
      'slow {"similar_lines_left_out":8}',
      'slow {"similar_lines_left_out":9}',
      'slow {"similar_lines_left_out":9}',
    ]);
  });

  test('does not wait for a late timer', () => {
    const { lines, logger, clock, endInterval } = throttled();
    logger.warn({ n: 1 }, 'slow');
    clock.nowMs = 6000;
    logger.warn({ n: 2 }, 'slow');
    endInterval();
    expect(lines).toEqual(['slow {"n":1}', 'slow {"n":2}']);
  });

  test('remembers a bounded number of messages', () => {
    const { lines, logger } = throttled();
    for (let n = 0; n < 3000; n++) logger.warn({}, `message ${n}`);
    for (let n = 0; n < 3000; n++) logger.warn({}, `message ${n}`);
    expect(lines).toHaveLength(3000 + 2000);
  });
});
