// The certificates that an installation makes for itself while none is uploaded: an authority of its own, which people may import once, and
// server certificates signed by it. The same question gives the same certificate, so that nothing is configured anew without need.
import { createHash, createPublicKey, generateKeyPair, type KeyObject, randomBytes, sign } from 'node:crypto';
import { promisify } from 'node:util';
import { bits, integer, nothing, objectId, octets, pem, sequence, set, time, tlv, truth, utf8 } from './der.ts';

const makeKeyPair = promisify(generateKeyPair);
const rsaBits = 2_048;
const dayMs = 24 * 3_600_000;
const authorityDays = 3_650;
/** Browsers take no longer from authorities that people imported. */
const serverDays = 397;

/** RSA: its signatures (PKCS #1 v1.5) are the same each time, unlike those of elliptic curves. */
const signature = sequence(objectId('1.2.840.113549.1.1.11'), nothing());
const keyUsages = { authority: Buffer.from([0x06]), server: Buffer.from([0xa0]) };

export interface KeyPem {
  readonly certificate: string;
  readonly privateKey: string;
}

export async function newPrivateKey(): Promise<string> {
  const { privateKey } = await makeKeyPair('rsa', { modulusLength: rsaBits });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
}

/** @param name as people see it among the authorities of their browser */
export function authorityCertificate(name: string, privateKey: KeyObject, now: Date): string {
  return certificate({
    serial: randomBytes(16),
    issuer: name,
    subject: name,
    from: new Date(now.getTime() - dayMs),
    days: authorityDays,
    publicKey: createPublicKey(privateKey),
    signer: privateKey,
    extensions: [
      extension('2.5.29.19', sequence(truth()), true),
      extension('2.5.29.15', bits(keyUsages.authority, 1), true),
      extension('2.5.29.14', octets(keyId(createPublicKey(privateKey)))),
    ],
  });
}

export interface ServerCertificate {
  readonly authorityName: string;
  readonly authorityKey: KeyObject;
  readonly serverKey: KeyObject;
  readonly from: Date;
  /** Host names and dotted IPv4 addresses; the first is the subject. */
  readonly hosts: readonly [string, ...string[]];
}

export function serverCertificate({ authorityName, authorityKey, serverKey, from, hosts }: ServerCertificate): string {
  const publicKey = createPublicKey(serverKey);
  const serial = createHash('sha256')
    .update(JSON.stringify([hosts, from.getTime()]))
    .digest()
    .subarray(0, 16);
  return certificate({
    serial,
    issuer: authorityName,
    subject: hosts[0],
    from,
    days: serverDays,
    publicKey,
    signer: authorityKey,
    extensions: [
      extension('2.5.29.19', sequence(), true),
      extension('2.5.29.15', bits(keyUsages.server, 5), true),
      extension('2.5.29.37', sequence(objectId('1.3.6.1.5.5.7.3.1'))),
      extension('2.5.29.17', sequence(...hosts.map(alternativeName))),
      extension('2.5.29.14', octets(keyId(publicKey))),
      extension('2.5.29.35', sequence(tlv(0x80, keyId(createPublicKey(authorityKey))))),
    ],
  });
}

interface Contents {
  readonly serial: Uint8Array;
  readonly issuer: string;
  readonly subject: string;
  readonly from: Date;
  readonly days: number;
  readonly publicKey: KeyObject;
  readonly signer: KeyObject;
  readonly extensions: readonly Buffer[];
}

/** RFC 5280 section 4.1. */
function certificate({ serial, issuer, subject, from, days, publicKey, signer, extensions }: Contents): string {
  const version3 = tlv(0xa0, integer(Buffer.from([2])));
  const validity = sequence(time(from), time(new Date(from.getTime() + days * dayMs)));
  const key = publicKey.export({ type: 'spki', format: 'der' });
  // The highest bit is dropped: a serial number is positive and at most 20 bytes long.
  const number = integer(Buffer.concat([Buffer.from([(serial[0]! & 0x7f) | 0x40]), serial.subarray(1)]));
  const body = sequence(version3, number, signature, name(issuer), validity, name(subject), key, tlv(0xa3, sequence(...extensions)));
  return pem('CERTIFICATE', sequence(body, signature, bits(sign('sha256', body, signer))));
}

function name(common: string): Buffer {
  return sequence(set(sequence(objectId('2.5.4.3'), utf8(common))));
}

function extension(id: string, value: Uint8Array, isCritical = false): Buffer {
  return sequence(objectId(id), ...(isCritical ? [truth()] : []), octets(value));
}

/** RFC 5280 section 4.2.1.6. */
function alternativeName(host: string): Buffer {
  if (!/^[\d.]+$/.test(host)) return tlv(0x82, Buffer.from(host, 'ascii'));
  return tlv(0x87, Buffer.from(host.split('.').map(Number)));
}

function keyId(publicKey: KeyObject): Buffer {
  return createHash('sha1')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest();
}
