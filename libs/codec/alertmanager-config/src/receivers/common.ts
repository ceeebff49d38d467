import { optionalStruct } from '../yaml/collections.ts';
import { flag } from '../yaml/scalars.ts';
import { always, given, type Refuse } from '../yaml/struct.ts';
import { countGiven } from '../schema/given.ts';
import { httpConfig } from '../schema/http.ts';

/** What every integration has: whether it tells of alerts that are over. */
export const sendResolved = { send_resolved: always(flag) };

/** What every integration that speaks HTTP has. */
export const overHttp = { ...sendResolved, http_config: given(optionalStruct(httpConfig)) };

/** A value, or a file it is in: not both. */
export function atMostOne(value: object, keys: readonly [string, string], refuse: Refuse): void {
  const [inline, file] = keys.map((key): unknown => Reflect.get(value, key));
  if (countGiven(inline, file) > 1) refuse(`at most one of ${keys[0]} & ${keys[1]} must be configured`, keys[1]);
}

/** A value, or a file it is in: one of them. */
export function oneOf(value: object, keys: readonly [string, string], refuse: Refuse): void {
  if (countGiven(...keys.map((key): unknown => Reflect.get(value, key))) === 0) {
    refuse(`one of ${keys[0]} or ${keys[1]} must be configured`);
  }
  atMostOne(value, keys, refuse);
}
