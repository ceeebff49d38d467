import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { acquireBinary } from './binary.ts';
import { runToEnd } from './process.ts';

/** A certificate and its key. */
export interface KeyPair {
  readonly certFile: string;
  readonly keyFile: string;
  /** PEM texts. */
  readonly cert: string;
  readonly key: string;
}

/** An authority of its own, and what it signed: for `localhost` and 127.0.0.1, valid for two days. */
export interface Certificates {
  readonly caFile: string;
  /** PEM text. */
  readonly ca: string;
  readonly server: KeyPair;
  readonly client: KeyPair;
}

const NEW_KEY = ['req', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];

/** Makes certificates in a folder with openssl. */
export async function createCertificates(folder: string): Promise<Certificates> {
  await openssl(folder, [...NEW_KEY, '-x509', '-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Test authority']);
  await writeFile(join(folder, 'names.ext'), 'subjectAltName=DNS:localhost,IP:127.0.0.1\n');
  const caFile = join(folder, 'ca.crt');
  const server = await sign(folder, 'server');
  return { caFile, ca: await readFile(caFile, 'utf8'), server, client: await sign(folder, 'client') };
}

async function sign(folder: string, name: string): Promise<KeyPair> {
  const request = ['-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`];
  await openssl(folder, [...NEW_KEY, ...request]);
  const authority = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-extfile', 'names.ext', '-days', '2'];
  await openssl(folder, ['x509', '-req', '-in', `${name}.csr`, '-out', `${name}.crt`, ...authority]);
  const [certFile, keyFile] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  return { certFile, keyFile, cert: await readFile(certFile, 'utf8'), key: await readFile(keyFile, 'utf8') };
}

async function openssl(cwd: string, args: readonly string[]): Promise<void> {
  const command = await acquireBinary({ binary: 'openssl', debianPackage: 'openssl' });
  const { exit, output } = await runToEnd({ name: 'openssl', command, args, cwd });
  if (exit.code !== 0) throw new Error(`cannot make certificates: ${output}`);
}
