// Uploading certificates: what is checked, what the console proxy serves with after it, and that the key stays secret.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type TestServer, startTestServer } from '../../../test/harness/test-server.ts';
import { tendOwnAuthority, uploadedSuffix, zoneCertificate } from './certificates.ts';
import { authorityCertificate, newPrivateKey, serverCertificate } from './own-authority.ts';
import { SecretBox } from '../../kernel/secrets/secret-box.ts';
import { systemClock } from '../../kernel/clock.ts';

let server: TestServer;
let secrets: SecretBox;
let pair: { root: string; certificate: string; expired: string; privatekey: string; otherKey: string };
const domainsuffix = 'cloud.example.org';
const hosts: [string, string] = ['192.0.2.9', 'console.example.net'];

beforeAll(async () => {
  server = await startTestServer();
  secrets = SecretBox.fromFile(`${server.config.dataFolder}/master.key`);
  const [rootKey, privatekey, otherKey] = await Promise.all([newPrivateKey(), newPrivateKey(), newPrivateKey()]);
  const authorityKey = createPrivateKey(rootKey);
  const certificate = (from: Date) =>
    serverCertificate({
      authorityName: 'Root',
      authorityKey,
      serverKey: createPrivateKey(privatekey),
      from,
      hosts: ['*.cloud.example.org'],
    });
  pair = {
    root: authorityCertificate('Root', authorityKey, new Date()),
    certificate: certificate(new Date(Date.now() - 86_400_000)),
    expired: certificate(new Date('2020-01-01T00:00:00Z')),
    privatekey,
    otherKey,
  };
});
afterAll(() => server.stop());

const damaged = (label: string) => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;
const tls = () => zoneCertificate(server.dataSource.manager, secrets, hosts);

describe('without an uploaded certificate', () => {
  it('the installation vouches for itself, always in the same way', async () => {
    await tendOwnAuthority(server.dataSource.manager, secrets, systemClock);
    const first = await tls();
    await tendOwnAuthority(server.dataSource.manager, secrets, systemClock);
    expect(await tls()).toEqual(first);
    const [own, authority] = first.certificateChain
      .match(/-----BEGIN[\s\S]*?END CERTIFICATE-----/g)!
      .map((text) => new X509Certificate(text));
    expect(own!.verify(authority!.publicKey)).toBe(true);
    expect(own!.checkIP('192.0.2.9')).toBe('192.0.2.9');
    expect(own!.checkPrivateKey(createPrivateKey(first.privateKey))).toBe(true);
    expect(await uploadedSuffix(server.dataSource.manager)).toBeUndefined();
  });
});

describe('uploadCustomCertificate', () => {
  it.each([
    ['no certificate', { certificate: 'hello' }, /certificate is not in PEM form/],
    ['a damaged certificate', { certificate: damaged('CERTIFICATE') }, /no certificate in PEM form/],
    ['a key that can not be read', { privatekey: damaged('PRIVATE KEY') }, /unencrypted private key/],
    ['the key of another', { privatekey: () => pair.otherKey }, /is not the key of this certificate/],
    ['another domain', { domainsuffix: 'example.com' }, /the certificate is for DNS:\*\.cloud\.example\.org/],
    ['one that has ended', { certificate: () => pair.expired }, /ended on Feb/],
    ['no key', { privatekey: undefined }, /privatekey is missing/],
    ['a key in the chain', { id: 1 }, /does not go with id/],
    ['a place below the chain', { id: 0, privatekey: undefined }, /numbered from 1/],
  ])('refuses %s', async (_title, changes, text) => {
    const params = { certificate: pair.certificate, privatekey: pair.privatekey, domainsuffix, ...changes };
    const sent = Object.fromEntries(Object.entries(params).map(([name, value]) => [name, typeof value === 'function' ? value() : value]));
    const refusal = await server.admin.refused('uploadCustomCertificate', sent as never);
    expect(refusal.code).toBe(431);
    expect(refusal.text).toMatch(text);
    expect((await tls()).certificateChain).not.toContain(pair.certificate.trim());
  });

  it('serves with the certificate and those above it; again replaces', async () => {
    const upload = (params: Record<string, string | number>) => server.admin.run('uploadCustomCertificate', { domainsuffix, ...params });
    await upload({ certificate: pair.root, id: 1, name: 'root' });
    expect((await tls()).certificateChain).not.toContain(pair.root.trim());
    const answer = await upload({ certificate: pair.certificate.replaceAll('\n', '\r\n'), privatekey: pair.privatekey });
    expect(answer['message']).toContain('*.cloud.example.org');
    await upload({ certificate: pair.certificate, privatekey: pair.privatekey, domainsuffix: `*.${domainsuffix}`, name: 'another' });
    expect(await tls()).toEqual({ certificateChain: `${pair.certificate}${pair.root}`, privateKey: pair.privatekey });
    expect(await uploadedSuffix(server.dataSource.manager)).toBe('*.cloud.example.org');
  });

  it('keeps the key sealed, and out of jobs and events', async () => {
    const secret = pair.privatekey.split('\n')[1]!;
    for (const table of ['certificate', 'job', 'job_step', 'event'])
      expect(JSON.stringify(await server.dataSource.query(`SELECT * FROM ${table}`)), table).not.toContain(secret);
  });
});
