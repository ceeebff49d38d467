import { type GoUrl } from './go/go-url.ts';
import { type GlobalConfig } from './schema/global.ts';
import { isGiven } from './schema/given.ts';

/** Says what an integration lacks. */
export type Lacking = (integration: object, message: string) => void;

/** What an integration takes over. */
export interface Inheritance {
  readonly global: GlobalConfig;
  readonly lacking: Lacking;
}

/** A URL whose path ends with `/`. */
export function withSlash(url: GoUrl | undefined): GoUrl | undefined {
  return url === undefined || url.path.endsWith('/') ? url : { ...url, path: `${url.path}/` };
}

/** Integrations with the global HTTP settings where they have none of their own. */
export function withHttp<T extends { readonly http_config: GlobalConfig['http_config'] }>(
  configs: readonly T[],
  { global }: Inheritance,
): readonly T[] {
  return configs.map((config) => ({ ...config, http_config: config.http_config ?? global.http_config }));
}

/** The first that is set. */
export function firstGiven<T>(own: T, inherited: T): T {
  return isGiven(own) ? own : inherited;
}
