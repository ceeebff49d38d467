import { describe, expect, test } from '@jest/globals';

import { ALERT_FLAGS } from '../../src/alerts/flags/alert-flags.ts';
import { formatFlagHelp } from '../../src/alerts/flags/flag-help.ts';
import { parseFlags, type FlagsOutcome } from '../../src/alerts/flags/parse-flags.ts';

const SWITCHES: ReadonlyMap<string, boolean> = new Map([
  ['stream.driver', false],
  ['ingest.strict', true],
]);

function parse(...argv: readonly string[]): FlagsOutcome<typeof ALERT_FLAGS> {
  return parseFlags(argv, {
    flags: ALERT_FLAGS,
    prefix: 'tandem.',
    isPrefixedSwitch: (name) => SWITCHES.get(name),
  });
}

function values(...argv: readonly string[]) {
  const outcome = parse(...argv);
  if (outcome.kind !== 'parsed') throw new Error(JSON.stringify(outcome));
  return outcome.flags.values;
}

function error(...argv: readonly string[]): string {
  const outcome = parse(...argv);
  return outcome.kind === 'refused' ? outcome.error : outcome.kind;
}

describe('flags of tandem alerts', () => {
  test('have the defaults of Alertmanager 0.34, but for the time between peers', () => {
    expect(values()).toMatchObject({
      'config.file': 'alertmanager.yml',
      'storage.path': 'data/',
      'data.retention': 432_000_000,
      'web.listen-address': [':9093'],
      'cluster.listen-address': '0.0.0.0:9094',
      'cluster.peer': [],
      'cluster.peer-timeout': 5000,
      'cluster.reconnect-timeout': 21_600_000,
      'log.level': 'info',
    });
  });

  test('take their value behind a space or an equals sign', () => {
    expect(values('--config.file', 'a.yml')['config.file']).toBe('a.yml');
    expect(values('--config.file=a=b.yml')['config.file']).toBe('a=b.yml');
    expect(values('--cluster.listen-address=')['cluster.listen-address']).toBe('');
    expect(values('--cluster.listen-address', '')['cluster.listen-address']).toBe('');
  });

  test('are lists where upstream’s may be given again, and the default is then gone', () => {
    expect(values('--web.listen-address=:1', '--web.listen-address', ':2')['web.listen-address']).toEqual([':1', ':2']);
    expect(values('--cluster.peer=a:1', '--cluster.peer=b:1')['cluster.peer']).toEqual(['a:1', 'b:1']);
  });

  test('are switched on by their name and off by --no-', () => {
    expect(values('--log.silences')['log.silences']).toBe(true);
    expect(values('--no-log.silences')['log.silences']).toBe(false);
  });

  test.each([
    ['1h30m5ms', 5_400_005],
    ['1d2h', 93_600_000],
    ['1.5d', 129_600_000],
    ['1w', 604_800_000],
    ['0', 0],
    ['+5s', 5000],
  ])('a duration of %s is %i ms', (text, ms) => {
    expect(values(`--data.retention=${text}`)['data.retention']).toBe(ms);
  });

  test('whole numbers are cut at the point, as upstream cuts them', () => {
    expect(values('--silences.max-silences=1e3')['silences.max-silences']).toBe(1000);
    expect(values('--silences.max-silences=1.5')['silences.max-silences']).toBe(1);
    expect(values('--silences.max-silences=-1')['silences.max-silences']).toBe(-1);
  });

  // Each was seen on the running program.
  test.each([
    [['--foo'], "unknown long flag '--foo'"],
    [['--foo=1'], "unknown long flag '--foo'"],
    [['--cluster.pe=1'], "unknown long flag '--cluster.pe'"],
    [['--no-config.file'], "unknown long flag '--no-config.file'"],
    [['---x'], "unknown long flag '---x'"],
    [['-x'], "unknown short flag '-x'"],
    [['-hv'], "unknown short flag '-v'"],
    [['extra'], 'unexpected extra'],
    [['--log.silences=true'], 'unexpected true'],
    [['--no-log.silences=true'], 'unexpected true'],
    [['--web.external-url'], "expected argument for flag '--web.external-url'"],
    [['--storage.path', '--version'], "expected argument for flag '--storage.path'"],
    [['--config.file', 'a', '--config.file', 'b'], "flag 'config.file' cannot be repeated"],
    [['--log.silences', '--no-log.silences'], "flag 'log.silences' cannot be repeated"],
    [['--data.retention=xx'], 'time: invalid duration "xx"'],
    [['--data.retention=1y'], 'time: unknown unit "y" in duration "1y"'],
    [['--web.timeout=5'], 'time: missing unit in duration "5"'],
    [['--silences.max-silences=a'], 'strconv.ParseFloat: parsing "a": invalid syntax'],
    [['--log.level=foo'], 'unrecognized log level foo'],
    [['--log.format=x'], 'unrecognized log format x'],
  ])('%j is refused as upstream refuses it', (argv, expected) => {
    expect(error(...argv)).toBe(expected);
  });

  test('words are taken in any case', () => {
    expect(values('--log.level=INFO')['log.level']).toBe('info');
  });

  test('help and version win over bad values, and lose to unknown flags', () => {
    expect(parse('-h').kind).toBe('help');
    expect(parse('--web.timeout=5', '--version').kind).toBe('version');
    expect(error('--help', '--foo')).toBe("unknown long flag '--foo'");
  });

  test('those of the Tandem configuration are passed on without their prefix', () => {
    const outcome = parse('--tandem.stream.driver', 'kafka', '--no-tandem.ingest.strict', '--tandem.ingest.strict');
    expect(outcome).toMatchObject({
      kind: 'parsed',
      flags: { prefixed: ['--stream.driver=kafka', '--no-ingest.strict', '--ingest.strict'] },
    });
    expect(error('--tandem.nope=1')).toBe("unknown long flag '--tandem.nope'");
    expect(error('--no-tandem.stream.driver')).toBe("unknown long flag '--no-tandem.stream.driver'");
    expect(error('--tandem.stream.driver')).toBe("expected argument for flag '--tandem.stream.driver'");
  });

  test('say in the help what they do, and which are without effect', () => {
    const help = formatFlagHelp('tandem alerts [<flags>]', ALERT_FLAGS);
    expect(help).toMatch(/^usage: tandem alerts \[<flags>\]\n/u);
    expect(help).toContain('--web.listen-address=:9093 ...');
    expect(help).toContain('--[no-]log.silences');
    expect(help).toContain('--cluster.listen-address=0.0.0.0:9094');
    expect(help.replaceAll(/\s+/gu, ' ')).toContain('Accepted, without effect: instances meet in the log');
    for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });
});
