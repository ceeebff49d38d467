import { type RemoteWriteAuth } from './options.ts';
import { SecretFile } from './secret-file.ts';

/** Gives the `Authorization` header of the next request; `undefined` where none is sent. */
export type Authorization = () => Promise<string | undefined>;

/** How requests to an address are authorised: as told, or by the user and password in the address. */
export function authorizationOf(url: URL, auth: RemoteWriteAuth | undefined): Authorization {
  if (auth === undefined) {
    if (url.username === '' && url.password === '') return () => Promise.resolve(undefined);
    return fixed(basic(decodeURIComponent(url.username), decodeURIComponent(url.password)));
  }
  if ('password' in auth) return fixed(basic(auth.username, auth.password));
  if (auth.kind === 'basic') {
    const file = new SecretFile(auth.passwordFile);
    return async () => basic(auth.username, await file.read());
  }
  const file = new SecretFile(auth.tokenFile);
  return async () => `Bearer ${await file.read()}`;
}

function fixed(header: string): Authorization {
  return () => Promise.resolve(header);
}

function basic(username: string, password: string): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
