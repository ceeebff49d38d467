/** Something a test needs from the outside: a server, a program. */
export interface Requirement {
  /** As in `TANDEM_REQUIRE`: `redis`, `kafka`, `prometheus`. */
  readonly name: string;
  /** Gets it ready to be launched (finds it, installs it); rejects with the reason it cannot be had. */
  readonly acquire: () => Promise<unknown>;
  /** Whether `CI=true` alone does not make it mandatory: what cannot be had by everybody. Default false. */
  readonly optional?: boolean;
}

/** What became of acquiring a requirement. */
export interface Availability {
  readonly name: string;
  /** Why it cannot be had; `undefined` when it can. */
  readonly missing: string | undefined;
}

const acquired = new WeakMap<Requirement, Promise<Availability>>();

/** Acquires a requirement, once per process. Never rejects. */
export function availability(need: Requirement): Promise<Availability> {
  let found = acquired.get(need);
  if (found === undefined) {
    found = need.acquire().then(
      () => ({ name: need.name, missing: undefined }),
      (error: unknown) => ({ name: need.name, missing: error instanceof Error ? error.message : String(error) }),
    );
    acquired.set(need, found);
  }
  return found;
}

/**
 * Whether doing without it is a failure: `CI=true` where it is not optional, or its name is in `TANDEM_REQUIRE`
 * (comma-separated, or `all`).
 */
export function isMandatory(
  { name, optional = false }: Pick<Requirement, 'name' | 'optional'>,
  env: Readonly<Record<string, string | undefined>> = process.env,
): boolean {
  if (env['CI'] === 'true' && !optional) return true;
  const listed = (env['TANDEM_REQUIRE'] ?? '').split(',').map((entry) => entry.trim());
  return listed.includes(name) || listed.includes('all');
}
