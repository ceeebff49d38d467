import { type Assignment, type Assignments } from './assignment.ts';
import { ENV_PREFIX, type Settable } from './config-key.ts';
import { suggestion } from './nearest.ts';
import { type ConfigProblem } from './problem.ts';

/** Names the file to read. */
export const ENV_CONFIG_FILE = `${ENV_PREFIX}CONFIG_FILE`;

/**
 * What the environment says. An empty variable counts as not set: that is what compose files make of one left out.
 * Unknown `TANDEM_` variables are to be warned of, not refused: Kubernetes adds some for a service of that name
 * (`TANDEM_SERVICE_HOST`, `TANDEM_PORT_9460_TCP`).
 */
export function readEnv(keys: readonly Settable[], env: Readonly<Record<string, string | undefined>>): Assignments {
  const byName = new Map(keys.map((key) => [key.env, key]));
  const assignments: Assignment[] = [];
  const problems: ConfigProblem[] = [];
  for (const [name, text] of Object.entries(env)) {
    if (text === undefined || text === '' || !name.startsWith(ENV_PREFIX) || name === ENV_CONFIG_FILE) continue;
    const key = byName.get(name);
    if (key !== undefined) assignments.push({ path: key.path, text, where: name });
    else if (!isFromKubernetes(name)) {
      problems.push({ where: name, message: `unknown environment variable${suggestion(name, byName.keys())}` });
    }
  }
  return { assignments, problems };
}

/** The variables of a Kubernetes service named "tandem" or "tandem-…". */
function isFromKubernetes(name: string): boolean {
  return /_(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT(?:_\d+_(?:TCP|UDP)(?:_(?:ADDR|PORT|PROTO))?)?)$/u.test(name);
}
