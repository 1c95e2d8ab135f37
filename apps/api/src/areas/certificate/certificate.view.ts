// An uploaded certificate as answers show it.
import { field, view } from '../../kernel/command/view.ts';
import { source } from '../../kernel/command/source.ts';

export interface CertificateRow {
  readonly id: number;
  readonly name: string;
  readonly domainSuffix: string;
  readonly position: number | null;
}

export const customCertificateView = view<CertificateRow>('customcertificate', {
  message: field.string('what happens with it', ({ name, domainSuffix, position }) =>
    position === null
      ? `certificate ${name} for *.${domainSuffix} is taken up by console proxies and secondary storage VMs within a minute`
      : `certificate ${name} stands at place ${position} of the chain`,
  ),
});

export const certificateSource = source<CertificateRow>({
  from: 'certificate c',
  joins: [],
  columns: { id: 'c.id', name: 'c.name', domainSuffix: 'c.domain_suffix', position: 'c.position' },
});
