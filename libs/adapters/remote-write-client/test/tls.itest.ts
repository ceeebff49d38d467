import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createCertificates, tempDir, type Certificates, type TempDir } from '@tandem/testing';
import { RemoteWriteClient, type RemoteWriteTls, type WriteOutcome } from '../src/index.ts';
import { Target } from './target.ts';

let folder: TempDir;
let certificates: Certificates;
let target: Target;

beforeAll(async () => {
  folder = tempDir('tls');
  certificates = await createCertificates(folder.path);
  const { ca, server } = certificates;
  target = await Target.listen({ key: server.key, cert: server.cert, ca, requestCert: true, rejectUnauthorized: true });
});

afterAll(async () => {
  await target.close();
  await folder.remove();
});

async function send(tls: RemoteWriteTls): Promise<WriteOutcome> {
  const client = new RemoteWriteClient({ url: target.url, tls });
  try {
    return await client.send({ body: Buffer.from('body'), protocol: 'v1' });
  } finally {
    await client.close();
  }
}

describe('TLS', () => {
  it('delivers to a target of a private authority, with a certificate of its own', async () => {
    const { caFile, client } = certificates;
    await expect(send({ caFile, certFile: client.certFile, keyFile: client.keyFile })).resolves.toMatchObject({
      outcome: 'delivered',
    });
  });

  it('does not trust an authority it was not told of, unless told not to look', async () => {
    const { certFile, keyFile } = certificates.client;
    await expect(send({ certFile, keyFile })).resolves.toMatchObject({ outcome: 'retry', reason: 'network' });
    await expect(send({ certFile, keyFile, insecureSkipVerify: true })).resolves.toMatchObject({
      outcome: 'delivered',
    });
  });

  it('does not take a certificate of another name', async () => {
    const { caFile, client } = certificates;
    const tls = { caFile, certFile: client.certFile, keyFile: client.keyFile };
    await expect(send({ ...tls, serverName: 'elsewhere.example' })).resolves.toMatchObject({ outcome: 'retry' });
    await expect(send({ ...tls, serverName: 'localhost' })).resolves.toMatchObject({ outcome: 'delivered' });
  });

  it('says at once when a file is missing', () => {
    expect(() => new RemoteWriteClient({ url: target.url, tls: { caFile: '/missing.pem' } })).toThrow('ENOENT');
  });
});
