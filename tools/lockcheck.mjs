// A lock file written on one platform may lack other platforms' optional packages, which breaks `npm ci` there.
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));
const locked = new Set(
  Object.entries(packages).map(([path, entry]) => entry.name ?? path.split('node_modules/').pop()),
);
const holes = Object.entries(packages).flatMap(([path, entry]) =>
  Object.keys(entry.optionalDependencies ?? {})
    .filter((name) => !locked.has(name))
    .map((name) => `${path} wants ${name}`),
);
for (const hole of holes) console.error(`package-lock.json: ${hole}, which is not locked`);
process.exitCode = holes.length === 0 ? 0 : 1;
