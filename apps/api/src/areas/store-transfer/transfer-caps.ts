// How large a file that comes from outside may be.
import type { TransferCaps } from '@strata/domain';
import type { Settings } from '../../kernel/settings/settings.ts';
import { templateCaps } from '../template/template.settings.ts';
import type { StoreTransfer } from './store-transfer.entity.ts';
import { maxVolumeGib } from './store-transfer.settings.ts';

export function capsOf({ subjectType }: Pick<StoreTransfer, 'subjectType'>, settings: Settings): TransferCaps {
  if (subjectType === 'TemplateCopy') return templateCaps(settings);
  const bytes = settings.get(maxVolumeGib) * 2 ** 30;
  return { maxFileBytes: bytes, maxVirtualBytes: bytes };
}
