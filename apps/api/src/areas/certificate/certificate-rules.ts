// What makes an uploaded certificate fit for serving browsers.
import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { problem } from '@strata/domain';

const smallestRsaBits = 2_048;

/** @returns the certificates of the text, one below the other @throws invalid for anything else */
export function readChainLink(text: string, now: Date): string {
  return certificatesIn(text, now)
    .map((certificate) => certificate.toString())
    .join('');
}

/** The server's own certificate comes first; others may follow. */
export function readServerCertificate(text: string, privateKey: string, domainSuffix: string, now: Date): string {
  const [server, ...above] = certificatesIn(text, now);
  const key = readKey(privateKey);
  if (!server!.checkPrivateKey(key))
    throw problem('invalid', 'parameter privatekey is not the key of this certificate: upload both of one pair');
  const { modulusLength } = key.asymmetricKeyDetails ?? {};
  if (key.asymmetricKeyType === 'rsa' && (modulusLength ?? 0) < smallestRsaBits)
    throw problem('invalid', `parameter privatekey has ${modulusLength} bits: browsers take RSA keys from ${smallestRsaBits} bits on`);
  if (server!.checkHost(`console.${domainSuffix}`) === undefined && server!.checkHost(domainSuffix) === undefined) {
    const names = server!.subjectAltName ?? server!.subject;
    throw problem(
      'invalid',
      `parameter domainsuffix is ${domainSuffix}, but the certificate is for ${names}: it has to be for *.${domainSuffix}`,
    );
  }
  return [server!, ...above].map((certificate) => certificate.toString()).join('');
}

function certificatesIn(text: string, now: Date): X509Certificate[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[\s\S]*?-----END CERTIFICATE-----/g) ?? [];
  if (blocks.length === 0) throw unreadable();
  return blocks.map((block) => {
    const certificate = read(block);
    if (new Date(certificate.validTo) <= now)
      throw problem('invalid', `parameter certificate ended on ${certificate.validTo}: upload a current one`);
    return certificate;
  });
}

function read(block: string): X509Certificate {
  try {
    return new X509Certificate(block);
  } catch (cause) {
    throw unreadable(cause);
  }
}

function unreadable(cause?: unknown) {
  return problem('invalid', 'parameter certificate holds no certificate in PEM form, which begins with -----BEGIN CERTIFICATE-----', {
    cause,
  });
}

function readKey(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch (cause) {
    throw problem(
      'invalid',
      'parameter privatekey holds no unencrypted private key in PEM form, which begins with -----BEGIN PRIVATE KEY-----',
      { cause },
    );
  }
}
