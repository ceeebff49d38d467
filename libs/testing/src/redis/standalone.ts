import { type Certificates, createCertificates } from '../launch/certificates.ts';
import { freePort } from '../launch/ports.ts';
import { type Requirement } from '../launch/requirement.ts';
import { type RedisServer, redisServer, startRedisServer } from './server.ts';

/** Some Redis to talk to; whose it is and how it runs is not the test's business. */
export interface RedisEndpoint {
  /** `redis://…` */
  readonly url: string;
  /** Ends what was started for this; leaves alone what was there before. Idempotent. */
  close(): Promise<void>;
}

/** A Redis of any kind, for {@link acquireRedis}. */
export const redis: Requirement = {
  name: 'redis',
  acquire: async () => {
    if (givenUrl() === undefined) await redisServer.acquire();
  },
};

/** A Redis: the one in `REDIS_URL`, else a server of the test's own. */
export async function acquireRedis(): Promise<RedisEndpoint> {
  const url = givenUrl();
  if (url !== undefined) return { url, close: () => Promise.resolve() };
  const server = await startRedisServer({ name: 'redis' });
  return { url: `redis://127.0.0.1:${server.port}`, close: () => server.close() };
}

function givenUrl(): string | undefined {
  const url = process.env['REDIS_URL'] ?? '';
  return url === '' ? undefined : url;
}

/** A server that lets in one user, who may do what the rules say and nothing else. */
export interface RedisWithUser extends RedisServer {
  readonly username: string;
  readonly password: string;
}

const ADMIN = { username: 'admin', password: 'admin-of-the-tests' };

/**
 * A server with an access list: nobody comes in without a name; `tandem` has exactly the rules given.
 *
 * @param rules as in `ACL SETUSER`: `~key`, `&channel`, `+command`
 */
export async function startRedisWithUser(rules: readonly string[]): Promise<RedisWithUser> {
  const user = { username: 'tandem', password: 'secret-of-the-tests' };
  const server = await startRedisServer({
    name: 'redis-acl',
    admin: ADMIN,
    config: [
      'user default off',
      `user ${ADMIN.username} on >${ADMIN.password} ~* &* +@all`,
      `user ${user.username} on >${user.password} ${rules.join(' ')}`,
    ],
  });
  return { ...server, ...user };
}

/** A server that speaks TLS only. */
export interface RedisWithTls extends RedisServer {
  readonly certificates: Certificates;
}

/** A server that speaks TLS only, and wants a client certificate too where `mutual`. */
export async function startRedisWithTls({ mutual = false } = {}): Promise<RedisWithTls> {
  const port = await freePort();
  let certificates: Certificates | undefined;
  const made = () => {
    if (certificates === undefined) throw new Error('the certificates are not made yet');
    return certificates;
  };
  const server = await startRedisServer({
    name: 'redis-tls',
    port,
    prepare: async (dir) => {
      certificates = await createCertificates(dir);
      return [
        'port 0',
        `tls-port ${port}`,
        `tls-cert-file ${certificates.server.certFile}`,
        `tls-key-file ${certificates.server.keyFile}`,
        `tls-ca-cert-file ${certificates.caFile}`,
        `tls-auth-clients ${mutual ? 'yes' : 'no'}`,
      ];
    },
    admin: () => ({ tls: { ca: made().ca, cert: made().client.cert, key: made().client.key } }),
  });
  return { ...server, certificates: made() };
}
