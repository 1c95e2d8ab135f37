// listImageStores
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Zone } from '../zone/zone.entity.ts';
import { ImageStore } from './image-store.entity.ts';
import { imageStoreSource, imageStoreView } from './image-store.view.ts';

export const listImageStores = listCommand({
  name: 'listImageStores',
  about: 'Lists secondary storage.',
  roles: ['Admin', 'ResourceAdmin'],
  since: '1.0',
  params: {
    id: param.ref(ImageStore, { access: 'see', about: 'only this secondary storage' }),
    name: param.string({ about: 'only secondary storage of this name' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only in this zone' }),
    provider: param.string({ about: 'only secondary storage of this provider' }),
    protocol: param.string({ about: 'only secondary storage reached by this protocol' }),
    readonly: param.boolean({ about: 'only such that takes no new files, or only such that does' }),
  },
  source: imageStoreSource,
  returns: imageStoreView,
  keyword: ['s.name'],
  where({ id, name, zoneid, provider, protocol, readonly }, where) {
    where
      .equals('s.id', id?.id)
      .equals('s.name', name)
      .equals('s.zone_id', zoneid?.id)
      .equals('s.provider', provider)
      .equals('s.read_only', readonly);
    if (protocol && protocol.toLowerCase() !== 'nfs') where.and('FALSE');
  },
});
