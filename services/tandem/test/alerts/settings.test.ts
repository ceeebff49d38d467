import { describe, expect, test } from '@jest/globals';

import { alertsSettings, listenAddresses } from '../../src/alerts/alert-settings.ts';
import { configHashMetric } from '../../src/alerts/config-hash.ts';
import { webAddress } from '../../src/alerts/external-url.ts';
import { parseFeatures } from '../../src/alerts/features.ts';
import { ALERT_FLAGS, type AlertFlags } from '../../src/alerts/flags/alert-flags.ts';
import { parseFlags } from '../../src/alerts/flags/parse-flags.ts';
import { alertsInstance } from '../../src/alerts/instance.ts';
import { peersElsewhere } from '../../src/alerts/peers-elsewhere.ts';

function flagsOf(...argv: readonly string[]): AlertFlags {
  const outcome = parseFlags(argv, { flags: ALERT_FLAGS, prefix: 'tandem.', isPrefixedSwitch: () => undefined });
  if (outcome.kind !== 'parsed') throw new Error(JSON.stringify(outcome));
  return outcome.flags.values;
}

const FACTS = { hostname: 'am-0', machineAddress: '10.0.0.7', webPort: 9093, random: 'f00d', version: '1' };
const instance = (...argv: readonly string[]) => alertsInstance(flagsOf(...argv), FACTS);

describe('the name of an instance', () => {
  test('is the one it is given, else its address, else its machine and port', () => {
    expect(instance('--cluster.peer-name=a', '--cluster.advertise-address=h:1').name).toBe('a');
    expect(instance('--cluster.advertise-address=h:1').name).toBe('h:1');
    expect(instance().name).toBe('am-0:9093');
    expect(alertsInstance(flagsOf(), { ...FACTS, webPort: 0 }).name).toBe('am-0:f00d');
  });

  test('goes with an address others can read: the machine’s where it listens on all', () => {
    expect(instance().address).toBe('10.0.0.7:9094');
    expect(instance('--cluster.listen-address=:9999').address).toBe('10.0.0.7:9999');
    expect(instance('--cluster.listen-address=127.0.0.1:9999').address).toBe('127.0.0.1:9999');
    expect(instance('--cluster.listen-address=').address).toBe('10.0.0.7:9094');
    expect(instance('--cluster.advertise-address=h:1').address).toBe('h:1');
  });
});

describe('the address people reach an instance by', () => {
  const parts = { externalUrl: '', routePrefix: undefined, hostname: 'am-0', port: 9093 };

  test.each([
    [{}, { externalUrl: 'http://am-0:9093', routePrefix: '' }],
    [{ externalUrl: 'https://x.org/am/' }, { externalUrl: 'https://x.org/am', routePrefix: '/am' }],
    [
      { externalUrl: 'https://x.org/am', routePrefix: '/' },
      { externalUrl: 'https://x.org/am', routePrefix: '' },
    ],
    [{ routePrefix: 'a/b/' }, { externalUrl: 'http://am-0:9093', routePrefix: '/a/b' }],
  ])('%j', (given, value) => {
    expect(webAddress({ ...parts, ...given })).toEqual({ ok: true, value });
  });

  test.each(['foo', 'ftp://x.org', ':9093', 'http://', 'https:///am'])('%s is none', (externalUrl) => {
    expect(webAddress({ ...parts, externalUrl })).toMatchObject({ ok: false });
  });

  test('is refused without telling a password', () => {
    const outcome = webAddress({ ...parts, externalUrl: 'ftp://u:hunter2@x.org' });
    expect(JSON.stringify(outcome)).not.toContain('hunter2');
  });
});

describe('features', () => {
  test('are read by commas, as upstream', () => {
    expect(parseFeatures('')).toMatchObject({ value: { matcherMode: 'default' } });
    expect(parseFeatures('classic-mode,receiver-name-in-metrics,auto-gomemlimit')).toEqual({
      ok: true,
      value: { matcherMode: 'classic', receiverNameInMetrics: true, unused: ['auto-gomemlimit'] },
    });
    expect(parseFeatures('xx')).toMatchObject({ error: "unknown option 'xx' for --enable-feature" });
    expect(parseFeatures('classic-mode,')).toMatchObject({ error: "unknown option '' for --enable-feature" });
    expect(parseFeatures('classic-mode,utf8-strict-mode')).toMatchObject({
      error: 'cannot have both classic and UTF-8 modes enabled',
    });
  });
});

describe('settings', () => {
  const TANDEM = { drop_labels: ['replica'], mode: 'owners' } as const;
  const settings = (...argv: readonly string[]) => alertsSettings(flagsOf(...argv), { matcherMode: 'default' }, TANDEM);

  test('are those of the flags and of the Tandem configuration', () => {
    expect(settings('--cluster.label=x', '--cluster.listen-address=', '--cluster.peer-timeout=1s')).toMatchObject({
      ok: true,
      value: { cluster: 'x', clusterDisabled: true, stepMs: 1000, mode: 'owners', dropLabels: new Set(['replica']) },
    });
  });

  test('of no limit are nothing, whichever way they are said', () => {
    expect(settings('--silences.max-silences=-5')).toMatchObject({ value: { maxSilences: 0 } });
  });

  test.each(['data.retention', 'alerts.gc-interval'])('--%s=0s is refused', (name) => {
    expect(settings(`--${name}=0s`)).toMatchObject({ ok: false, error: `--${name} must be positive` });
  });

  test('addresses are read, and refused with what they should be', () => {
    expect(listenAddresses([':9093', '[::1]:1'])).toEqual({
      ok: true,
      value: [
        { host: '', port: 9093 },
        { host: '::1', port: 1 },
      ],
    });
    expect(listenAddresses(['abc'])).toMatchObject({ ok: false, error: expect.stringContaining('"abc"') });
    expect(listenAddresses(['vsock://:1'])).toMatchObject({ ok: false });
  });
});

test('the hash of a configuration is upstream’s', () => {
  // alertmanager_config_hash 1.29524931035765e+14, as 0.34 gave it for this file.
  const file = "route: {receiver: a}\nreceivers: [{name: a, webhook_configs: [{url: 'http://127.0.0.1:1/'}]}]\n";
  expect(configHashMetric(file)).toBe(129_524_931_035_765);
});

test('peers are elsewhere when no address of theirs is this machine’s', async () => {
  const machine = { hostname: 'am-0', addresses: new Set(['10.0.0.7', '::1']) };
  const names = new Map([
    ['am-1', ['10.0.0.8']],
    ['self', ['10.0.0.7']],
  ]);
  const resolve = (host: string) => Promise.resolve(names.get(host) ?? [host]);
  const peers = ['am-0:9094', 'localhost:1', '127.0.0.1:2', '[::1]:3', 'self:4', 'am-1:5', '10.0.0.9:6'];
  expect(await peersElsewhere(peers, machine, resolve)).toEqual(['am-1:5', '10.0.0.9:6']);
  expect(await peersElsewhere(['gone:1'], machine, () => Promise.reject(new Error('ENOTFOUND')))).toEqual(['gone:1']);
});
