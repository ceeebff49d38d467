import { type Handler, type Route } from './http.ts';

/** A route as it is looked up, with its label in metrics. */
export interface ResolvedRoute {
  readonly template: string;
  readonly handler: Handler;
  readonly maxBodyBytes: number | undefined;
}

/** What a method and a path lead to. */
export type Match =
  | { readonly outcome: 'found'; readonly route: ResolvedRoute; readonly params: Readonly<Record<string, string>> }
  | { readonly outcome: 'method-not-allowed'; readonly template: string; readonly allow: string }
  | { readonly outcome: 'not-found' };

/** The routes of one template, by method. */
interface Entry {
  readonly template: string;
  readonly segments: readonly string[];
  readonly methods: Map<string, Extract<Match, { readonly outcome: 'found' }>>;
}

/** The routes of every path that begins alike. */
interface Subtree {
  /** Ends with a slash. */
  readonly prefix: string;
  readonly entry: Entry;
}

const NO_PARAMS: Readonly<Record<string, string>> = {};
const NOT_FOUND: Match = { outcome: 'not-found' };

/**
 * Finds routes: paths without parameters by one look-up, others segment by segment in the order declared, and what is left by
 * its beginning.
 */
export class Router {
  readonly #exact = new Map<string, Entry>();
  readonly #patterns: Entry[] = [];
  /** Longest first. */
  readonly #subtrees: Subtree[] = [];

  /** @throws {TypeError} when two routes have the same method and path */
  constructor(routes: readonly Route[]) {
    for (const route of routes) {
      const { methods } = this.#entry(route.path);
      if (methods.has(route.method)) throw new TypeError(`cannot add route "${route.method} ${route.path}" twice`);
      const resolved = { template: route.path, handler: route.handler, maxBodyBytes: route.maxBodyBytes };
      methods.set(route.method, { outcome: 'found', route: resolved, params: NO_PARAMS });
    }
    this.#subtrees.sort((a, b) => b.prefix.length - a.prefix.length);
  }

  /** `HEAD` finds the route of `GET`. */
  find(method: string, path: string): Match {
    const exact = this.#exact.get(path);
    if (exact !== undefined) return methodOf(exact, method);
    return this.#findPattern(method, path) ?? this.#findSubtree(method, path) ?? NOT_FOUND;
  }

  #findPattern(method: string, path: string): Match | undefined {
    if (this.#patterns.length === 0) return undefined;
    const segments = path.split('/');
    for (const entry of this.#patterns) {
      const params = matchSegments(entry.segments, segments);
      if (params === undefined) continue;
      const match = methodOf(entry, method);
      return match.outcome === 'found' ? { ...match, params } : match;
    }
    return undefined;
  }

  #findSubtree(method: string, path: string): Match | undefined {
    const subtree = this.#subtrees.find(({ prefix }) => path.startsWith(prefix));
    return subtree === undefined ? undefined : methodOf(subtree.entry, method);
  }

  #entry(path: string): Entry {
    const known = this.#exact.get(path) ?? this.#others().find(({ template }) => template === path);
    if (known !== undefined) return known;
    const entry: Entry = { template: path, segments: path.split('/'), methods: new Map() };
    if (path.endsWith('/*')) this.#subtrees.push({ prefix: path.slice(0, -1), entry });
    else if (path.includes('/:')) this.#patterns.push(entry);
    else this.#exact.set(path, entry);
    return entry;
  }

  #others(): readonly Entry[] {
    return [...this.#patterns, ...this.#subtrees.map(({ entry }) => entry)];
  }
}

function methodOf(entry: Entry, method: string): Match {
  const { methods } = entry;
  return methods.get(method === 'HEAD' ? 'GET' : method) ?? methods.get('*') ?? notAllowed(entry);
}

function notAllowed(entry: Entry): Match {
  const methods = [...entry.methods.keys()];
  if (methods.includes('GET')) methods.push('HEAD');
  return { outcome: 'method-not-allowed', template: entry.template, allow: methods.toSorted().join(', ') };
}

function matchSegments(
  template: readonly string[],
  segments: readonly string[],
): Readonly<Record<string, string>> | undefined {
  if (template.length !== segments.length) return undefined;
  const params: [string, string][] = [];
  for (const [index, expected] of template.entries()) {
    const actual = segments[index] ?? '';
    if (!expected.startsWith(':')) {
      if (expected !== actual) return undefined;
      continue;
    }
    const value = decode(actual);
    if (value === undefined || value === '') return undefined;
    params.push([expected.slice(1), value]);
  }
  return Object.fromEntries(params);
}

function decode(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}
