// The installation's own certificates as OpenSSL reads them.
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { expect, it } from 'vitest';
import { authorityCertificate, newPrivateKey, serverCertificate } from './own-authority.ts';

it('makes certificates that its authority vouches for, the same for the same question', async () => {
  const authorityKey = createPrivateKey(await newPrivateKey());
  const serverKey = createPrivateKey(await newPrivateKey());
  const from = new Date('2026-02-01T00:00:00Z');
  const authority = new X509Certificate(authorityCertificate('Cloud ä', authorityKey, from));
  expect(authority).toMatchObject({ ca: true, subject: 'CN=Cloud ä', validFrom: 'Jan 31 00:00:00 2026 GMT' });
  expect(authority.checkIssued(authority)).toBe(true);

  const question = {
    authorityName: 'Cloud ä',
    authorityKey,
    serverKey,
    from,
    hosts: ['192.0.2.7', 'console.example.org'] as [string, string],
  };
  const text = serverCertificate(question);
  const server = new X509Certificate(text);
  expect(server.verify(authority.publicKey)).toBe(true);
  expect(server.checkIssued(authority)).toBe(true);
  expect(server.checkPrivateKey(serverKey)).toBe(true);
  expect(server.checkIP('192.0.2.7')).toBe('192.0.2.7');
  expect(server.checkHost('console.example.org')).toBe('console.example.org');
  expect(server.checkHost('other.example.org')).toBeUndefined();
  expect(server.ca).toBe(false);
  expect(server.validTo).toBe('Mar  5 00:00:00 2027 GMT');
  expect(serverCertificate(question)).toBe(text);
  expect(serverCertificate({ ...question, hosts: ['192.0.2.8'] })).not.toBe(text);
});
