// The certificate of a system machine that browsers reach: the uploaded one, or one of the installation's own authority.
import { createPrivateKey, randomBytes } from 'node:crypto';
import { type AgentTls, problem } from '@strata/domain';
import { type EntityManager, IsNull, Not } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';
import { Certificate, OwnAuthority } from './certificate.entity.ts';
import { authorityCertificate, newPrivateKey, serverCertificate } from './own-authority.ts';

/** Suffix of the names that the uploaded certificate is for, as `*.example.com`; undefined when none was uploaded. */
export async function uploadedSuffix(read: EntityManager): Promise<string | undefined> {
  const server = await serverRow(read);
  return server && `*.${server.domainSuffix}`;
}

/**
 * What a machine of the zone serves TLS with.
 * @param hosts the names and addresses by which browsers reach it
 * @throws unavailable in the first seconds of an installation
 */
export async function zoneCertificate(read: EntityManager, secrets: SecretBox, hosts: readonly [string, ...string[]]): Promise<AgentTls> {
  const server = await serverRow(read);
  if (server) {
    const chain = await read.find(Certificate, { where: { position: Not(IsNull()) }, order: { position: 'DESC' } });
    const above = chain.map(({ certificate }) => certificate);
    return {
      certificateChain: [server.certificate, ...above].map((text) => `${text.trim()}\n`).join(''),
      privateKey: secrets.open(server.sealedPrivateKey!),
    };
  }
  const own = await read.findOneBy(OwnAuthority, { id: onlyRow });
  if (!own) throw problem('unavailable', 'the certificate of this installation is being made: it is there in a few seconds');
  const privateKey = secrets.open(own.sealedServerKey);
  const certificate = serverCertificate({
    authorityName: own.name,
    authorityKey: createPrivateKey(secrets.open(own.sealedPrivateKey)),
    serverKey: createPrivateKey(privateKey),
    from: own.serversFrom,
    hosts,
  });
  return { certificateChain: `${certificate}${own.certificate}`, privateKey };
}

async function serverRow(read: EntityManager): Promise<Certificate | undefined> {
  const [row] = await read.find(Certificate, { where: { position: IsNull() }, order: { id: 'DESC' }, take: 1 });
  return row;
}

const onlyRow = 1;
/** Certificates of servers are good for a little more than a year. */
const renewAfterMs = 180 * 24 * 3_600_000;

/** Makes the authority once, and renews the certificates of servers twice a year. */
export async function tendOwnAuthority(manager: EntityManager, secrets: SecretBox, clock: Clock): Promise<void> {
  const own = await manager.findOneBy(OwnAuthority, { id: onlyRow });
  const now = clock.now();
  const serversFrom = new Date(Math.floor(now.getTime() / 86_400_000) * 86_400_000);
  if (own) {
    if (now.getTime() - own.serversFrom.getTime() > renewAfterMs) await manager.update(OwnAuthority, { id: onlyRow }, { serversFrom });
    return;
  }
  const [privateKey, serverKey] = [await newPrivateKey(), await newPrivateKey()];
  // A number tells the authorities of several clouds apart in a browser's list.
  const name = `Strata cloud ${randomBytes(4).toString('hex')}`;
  // Several servers may begin at once: the row that was first counts.
  await manager
    .createQueryBuilder()
    .insert()
    .orIgnore()
    .into(OwnAuthority)
    .values({
      id: onlyRow,
      name,
      certificate: authorityCertificate(name, createPrivateKey(privateKey), now),
      sealedPrivateKey: secrets.seal(privateKey),
      sealedServerKey: secrets.seal(serverKey),
      serversFrom,
    })
    .execute();
}
