import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { launchAlerts, runTandem, tempDir, type AlertsPeer } from '@tandem/testing';

import { quickConfig } from './alerts-stage.ts';

/** Says on standard error what is loaded. */
const HOOK = `
import { writeSync } from 'node:fs';
export async function load(url, context, next) {
  writeSync(2, 'loads ' + url + '\\n');
  return next(url, context);
}`;
const REGISTER = `import { register } from 'node:module'; register(${JSON.stringify(dataUrl(HOOK))});`;

const ENV = { NODE_OPTIONS: `--import=${dataUrl(REGISTER)}` };

const folder = tempDir('alerts-startup');
let peer: AlertsPeer;

beforeAll(async () => {
  peer = await launchAlerts({ config: quickConfig('http://127.0.0.1:9/'), dir: folder.path, env: ENV });
}, 60_000);
afterAll(async () => {
  await peer.process.stop();
  await folder.remove();
}, 60_000);

test.each([
  ['the schema of the Tandem configuration', /\/node_modules\/zod\/|\/config\/schema\.js/u],
  ['the HTTP client of receivers', /\/node_modules\/undici\//u],
  ['the reader of snapshots', /\/node_modules\/protobufjs\/|\/alertmanager-snapshot\//u],
  ['a driver of Kafka or Redis', /\/adapters\/(?:log-kafka|lease-redis)\//u],
  ['the other services', /\/services\/(?:ingest|dedup|forward)\/|\/domain\/election\/|\/codec\/remote-write\//u],
  ['the other commands', /\/node_modules\/commander\/|\/program\.js/u],
])('P7: a start with an embedded log does not load %s', (_what, pattern) => {
  const loaded = loadedBy(peer.process.output.text);
  expect(loaded).toContainEqual(expect.stringMatching(/\/adapters\/log-embedded\//u));
  expect(loaded.filter((line) => pattern.test(line))).toEqual([]);
});

test('P7: the help of the command line loads neither services nor drivers', async () => {
  const { exit, output } = await runTandem(['--help'], { cwd: folder.path, env: ENV });
  expect(exit.code).toBe(0);
  const loaded = loadedBy(output);
  expect(loaded).toContainEqual(expect.stringMatching(/\/dist\/program\.js/u));
  const unwanted = /\/adapters\/|\/node_modules\/(?:undici|lmdb|protobufjs)\/|\/services\/\w+\/dist\/index\.js/u;
  expect(loaded.filter((line) => unwanted.test(line))).toEqual([]);
}, 60_000);

function loadedBy(output: string): readonly string[] {
  return output.split('\n').filter((line) => line.startsWith('loads '));
}

function dataUrl(code: string): string {
  return `data:text/javascript;base64,${Buffer.from(code).toString('base64')}`;
}
