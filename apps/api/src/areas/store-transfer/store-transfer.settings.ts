// Settings of downloads, uploads and links of secondary storage.
import { Problem, refuseAllowedSite } from '@strata/domain';
import { setting } from '../../kernel/settings/settings.ts';
import { refuseUnlessDomain } from '../certificate/public-host.ts';

export const storageTls = setting<boolean>({
  name: 'secstorage.encrypt.copy',
  about:
    'Whether files are uploaded to and fetched from secondary storage over TLS, with the uploaded certificate or the one that the installation makes for itself. Without it, whoever listens on the way reads them.',
  category: 'Secondary storage',
  initial: true,
  scopes: ['zone'],
});

export const storageDomain = setting<string>({
  name: 'secstorage.ssl.cert.domain',
  about:
    'How links and uploads name secondary storage VMs: storage.example.com for all, or *.example.com for 10-1-2-3.example.com by address. Empty: by address, or the suffix of the uploaded certificate.',
  category: 'Secondary storage',
  initial: '',
  scopes: ['zone'],
  refuse: refuseUnlessDomain,
});

export const allowedInternalSites = setting<string>({
  name: 'secstorage.allowed.internal.sites',
  about:
    'Internal networks that templates, ISOs and volumes may be fetched from, separated by commas, such as 192.168.4.0/24: all others are refused so that nobody looks into the management network.',
  category: 'Secondary storage',
  initial: '',
  scopes: ['zone'],
  refuse(value) {
    for (const site of sitesIn(value)) {
      try {
        const refusal = refuseAllowedSite(site, 'secstorage.allowed.internal.sites');
        if (refusal !== undefined) return refusal;
      } catch (error) {
        if (error instanceof Problem) return error.message;
        throw error;
      }
    }
    return undefined;
  },
});

export const linkLifetimeSeconds = setting<number>({
  name: 'extract.url.expiration.interval',
  about: 'How long the links of extractTemplate, extractIso and extractVolume work, in seconds.',
  category: 'Secondary storage',
  initial: 14_400,
  refuse: (value) => (value >= 10 && value <= 2_592_000 ? undefined : 'seconds from 10 to 2592000 (30 days) are expected'),
});

export const uploadWindowMinutes = setting<number>({
  name: 'upload.operation.timeout',
  about: 'How long after getUploadParams… an upload may begin, and how long one without progress is waited for, in minutes.',
  category: 'Secondary storage',
  initial: 10,
  refuse: (value) => (value >= 1 && value <= 1_440 ? undefined : 'minutes from 1 to 1440 are expected'),
});

export const maxVolumeGib = setting<number>({
  name: 'storage.max.volume.upload.size',
  about: 'The largest file and disk of an uploaded volume, in GiB.',
  category: 'Secondary storage',
  initial: 500,
  refuse: (value) => (value >= 1 && value <= 65_536 ? undefined : 'GiB from 1 to 65536 are expected'),
});

/** The networks of `secstorage.allowed.internal.sites`. */
export function sitesIn(value: string): string[] {
  return value
    .split(',')
    .map((site) => site.trim())
    .filter((site) => site !== '');
}
