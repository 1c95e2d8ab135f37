// Settings of templates, and the limits that follow from them.
import type { TemplateImageCaps } from '@strata/domain';
import { setting, type Settings } from '../../kernel/settings/settings.ts';

export const maxTemplateGib = setting<number>({
  name: 'max.template.iso.size',
  about: 'The largest file of a template or ISO, in GiB.',
  category: 'Template',
  initial: 50,
  refuse: (value) => (value >= 1 && value <= 10_240 ? undefined : 'GiB from 1 to 10240 are expected'),
});

export const maxTemplateDiskGib = setting<number>({
  name: 'max.template.disk.size',
  about: 'The largest disk that a template may give to machines, in GiB.',
  category: 'Template',
  initial: 2_048,
  refuse: (value) => (value >= 1 && value <= 65_536 ? undefined : 'GiB from 1 to 65536 are expected'),
});

export const templateCleanup = setting<boolean>({
  name: 'storage.template.cleanup.enabled',
  about: 'Whether copies of templates and ISOs that no machine needs are taken out of primary storage.',
  category: 'Template',
  initial: true,
});

export const idleTemplateHours = setting<number>({
  name: 'storage.template.idle.hours',
  about: 'How long a copy of a template or ISO stays in primary storage without being needed, in hours.',
  category: 'Template',
  initial: 168,
  refuse: (value) => (value >= 1 && value <= 87_600 ? undefined : 'hours from 1 to 87600 (ten years) are expected'),
});

export function templateCaps(settings: Settings): TemplateImageCaps {
  return { maxFileBytes: settings.get(maxTemplateGib) * 2 ** 30, maxVirtualBytes: settings.get(maxTemplateDiskGib) * 2 ** 30 };
}
