import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireBinary } from '../launch/binary.ts';
import { runToEnd } from '../launch/process.ts';

/** How a broker's second listener is protected. At least one of the two. */
export interface KafkaSecurity {
  /** `server`: clients check the broker; `mutual`: the broker wants a client certificate as well. */
  readonly tls?: 'server' | 'mutual';
  readonly sasl?: SaslMechanism;
}

/** The mechanisms brokers are tried with. */
export type SaslMechanism = 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512';

/** What a client needs for the protected listener. */
export interface SecuredListener {
  readonly brokers: readonly string[];
  /** PEM texts; `cert` and `key` are the client's own. */
  readonly tls?: { readonly ca: string; readonly cert: string; readonly key: string };
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: string; readonly password: string };
}

const USERNAME = 'tandem';
const PASSWORD = 'correct-horse';
const PLAIN_LOGIN = 'org.apache.kafka.common.security.plain.PlainLoginModule';
const SCRAM_LOGIN = 'org.apache.kafka.common.security.scram.ScramLoginModule';

/** A protected listener as the broker's configuration and the client have it. */
export interface PreparedSecurity {
  /** The listener's security protocol. */
  readonly protocol: 'SSL' | 'SASL_PLAINTEXT' | 'SASL_SSL';
  readonly properties: Readonly<Record<string, string>>;
  /** Added to the formatting of the storage: users of SCRAM are kept there. */
  readonly formatArguments: readonly string[];
  readonly client: Omit<SecuredListener, 'brokers'>;
}

/** Makes certificates and users for a listener named `SECURED`. */
export async function prepareSecurity({ tls, sasl }: KafkaSecurity, folder: string): Promise<PreparedSecurity> {
  const parts = [
    ...(tls === undefined ? [] : [await withTls(folder, tls === 'mutual')]),
    ...(sasl === undefined ? [] : [withSasl(sasl)]),
  ];
  const [first, second] = parts;
  if (first === undefined) throw new Error('cannot secure a listener with neither TLS nor SASL');
  return {
    protocol: second === undefined ? first.protocol : 'SASL_SSL',
    properties: { ...first.properties, ...second?.properties },
    formatArguments: parts.flatMap((part) => part.formatArguments),
    client: { ...first.client, ...second?.client },
  };
}

async function withTls(folder: string, mutual: boolean): Promise<PreparedSecurity> {
  return {
    protocol: 'SSL',
    properties: tlsProperties(folder, mutual),
    formatArguments: [],
    client: { tls: await makeCertificates(folder) },
  };
}

function withSasl(mechanism: SaslMechanism): PreparedSecurity {
  const user = `${mechanism}=[name=${USERNAME},password=${PASSWORD}]`;
  return {
    protocol: 'SASL_PLAINTEXT',
    properties: saslProperties(mechanism),
    formatArguments: mechanism === 'PLAIN' ? [] : ['--add-scram', user],
    client: { sasl: { mechanism, username: USERNAME, password: PASSWORD } },
  };
}

function tlsProperties(folder: string, mutual: boolean): Record<string, string> {
  const listener = 'listener.name.secured';
  return {
    [`${listener}.ssl.keystore.type`]: 'PEM',
    [`${listener}.ssl.keystore.location`]: join(folder, 'broker.pem'),
    [`${listener}.ssl.truststore.type`]: 'PEM',
    [`${listener}.ssl.truststore.location`]: join(folder, 'ca.crt'),
    [`${listener}.ssl.client.auth`]: mutual ? 'required' : 'none',
  };
}

function saslProperties(mechanism: SaslMechanism): Record<string, string> {
  const listener = `listener.name.secured.${mechanism.toLowerCase()}.sasl.jaas.config`;
  return {
    'sasl.enabled.mechanisms': mechanism,
    [listener]:
      mechanism === 'PLAIN' ? `${PLAIN_LOGIN} required user_${USERNAME}="${PASSWORD}";` : `${SCRAM_LOGIN} required;`,
  };
}

async function makeCertificates(folder: string): Promise<{ ca: string; cert: string; key: string }> {
  const ca = ['-x509', '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Test CA'];
  await openssl(folder, [...NEW_KEY, ...ca]);
  for (const [name, subject] of [
    ['broker', '/CN=localhost'],
    ['client', '/CN=client'],
  ] as const) {
    await openssl(folder, [...NEW_KEY, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', subject]);
    await writeFile(join(folder, 'names.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
    const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names.ext', '-days', '2'];
    await openssl(folder, ['x509', '-req', '-in', `${name}.csr`, '-out', `${name}.crt`, ...signed]);
  }
  const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8');
  await writeFile(join(folder, 'broker.pem'), (await read('broker.key')) + (await read('broker.crt')));
  return { ca: await read('ca.crt'), cert: await read('client.crt'), key: await read('client.key') };
}

const NEW_KEY = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'] as const;

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  const command = await acquireBinary({ binary: 'openssl', debianPackage: 'openssl' });
  const { exit, output } = await runToEnd({ name: 'openssl', command, args, cwd });
  if (exit.code !== 0) throw new Error(`cannot make certificates: ${output}`);
}
