// uploadCustomCertificate
import { randomUUID } from 'node:crypto';
import { problem } from '@strata/domain';
import { IsNull } from 'typeorm';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { saga } from '../../kernel/jobs/saga.ts';
import { Certificate } from './certificate.entity.ts';
import { readChainLink, readServerCertificate } from './certificate-rules.ts';
import { customCertificateView } from './certificate.view.ts';

/** System machines take it with their next check; there is nothing to wait for. */
export const uploadCertificate = saga<Record<string, never>>('uploadCustomCertificate');

const longestPem = 65_535;
const topOfChain = 1;
const longestChain = 16;

export const uploadCustomCertificate = command({
  name: 'uploadCustomCertificate',
  about:
    'Takes a certificate for console proxies and secondary storage VMs: first those above it with id 1, 2 …, then the server’s own with its private key.',
  roles: adminRoles,
  since: '1.0',
  async: true,
  event: 'CERTIFICATE.UPLOAD',
  params: {
    certificate: param.pem({ required: true, maxLength: longestPem, about: 'the certificate in PEM form' }),
    domainsuffix: param.string({
      required: true,
      about: 'what follows the first label of the names it is for: cloud.example.com for *.cloud.example.com',
    }),
    id: param.integer({ about: 'place in the chain, 1 at its top; left out for the server’s own certificate' }),
    name: param.string({ about: 'a name for it; uploading it again under this name replaces it' }),
    privatekey: param.pem({
      maxLength: longestPem,
      secret: true,
      about: 'the private key of the server’s own certificate: PKCS #8 in PEM form',
    }),
  },
  returns: customCertificateView,
  async execute({ certificate, domainsuffix, id: position, name, privatekey }, { tx, secrets, clock, jobs }) {
    const domainSuffix = domainsuffix.toLowerCase().replace(/^\*?\./, '');
    if (position !== undefined && (position < topOfChain || position > longestChain))
      throw problem(
        'invalid',
        `parameter id is ${position}: places in a chain are numbered from ${topOfChain} at its top to ${longestChain}`,
      );
    if (position === undefined && privatekey === undefined)
      throw problem(
        'invalid',
        'parameter privatekey is missing: the server’s own certificate needs it; certificates above it are sent with their id',
      );
    if (position !== undefined && privatekey !== undefined)
      throw problem('invalid', 'parameter privatekey does not go with id: only the server’s own certificate has a key, and no id');
    const now = clock.now();
    const checked =
      privatekey === undefined ? readChainLink(certificate, now) : readServerCertificate(certificate, privatekey, domainSuffix, now);
    const row = tx.create(Certificate, {
      uuid: randomUUID(),
      name: name ?? (position === undefined ? 'server' : `chain-${position}`),
      position: position ?? null,
      domainSuffix,
      certificate: checked,
      sealedPrivateKey: privatekey === undefined ? null : secrets.seal(privatekey),
      created: now,
    });
    await tx.delete(Certificate, { name: row.name });
    await tx.delete(Certificate, { position: position ?? IsNull() });
    await tx.insert(Certificate, row);
    return jobs.start(uploadCertificate, {}, { subject: { type: 'CustomCertificate', id: row.id, uuid: row.uuid }, fresh: true });
  },
});
