// Metadata of guests by path, as the CloudStack data source of cloud-init and older scripts ask for it.
import type { RouterConfiguration, RouterGuest } from '@strata/domain';

export type MetadataAnswer =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'userData' }
  | { readonly kind: 'missing' };

/** What there is below `/latest/meta-data/`, and by older names directly below `/latest/`. */
const entries: Readonly<Record<string, (guest: RouterGuest, configuration: RouterConfiguration) => string>> = {
  'service-offering': ({ serviceOffering }) => serviceOffering,
  'availability-zone': (_guest, { availabilityZone }) => availabilityZone,
  'local-ipv4': ({ ip }) => ip,
  'local-hostname': ({ hostName }) => hostName,
  // Guests of a basic zone are known outside by the address they have.
  'public-ipv4': ({ ip }) => ip,
  'public-hostname': ({ ip }) => ip,
  'instance-id': ({ uuid }) => uuid,
  'vm-id': ({ uuid }) => uuid,
  'public-keys': ({ publicKeys }) => publicKeys.join('\n'),
  'cloud-identifier': (_guest, { cloudIdentifier }) => cloudIdentifier,
};

const text = (value: string): MetadataAnswer => ({ kind: 'text', text: value });

export function answerMetadata(path: string, guest: RouterGuest, configuration: RouterConfiguration): MetadataAnswer {
  const parts = path.split('/').filter((part) => part !== '');
  if (parts.length === 0) return text('latest');
  if (parts[0] !== 'latest' || parts.length > 3) return { kind: 'missing' };
  const [, first, second] = parts;
  if (first === undefined) return text('user-data\nmeta-data/');
  if (first === 'user-data' && second === undefined) return { kind: 'userData' };
  if (first === 'meta-data' && second === undefined) return text(Object.keys(entries).join('\n'));
  const name = first === 'meta-data' ? second : second === undefined ? first : undefined;
  return name !== undefined && Object.hasOwn(entries, name) ? text(entries[name]!(guest, configuration)) : { kind: 'missing' };
}
