// updateStoragePool
import { parseDisplayName, parseTags, storagePoolLifecycle } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { transition } from '../../kernel/db/transition.ts';
import { refuseTakenName } from './create-storage-pool.command.ts';
import { StoragePool } from './storage-pool.entity.ts';
import { storagePoolSource, storagePoolView } from './storage-pool.view.ts';

export const updateStoragePool = command({
  name: 'updateStoragePool',
  about: 'Renames primary storage, changes its tags, or lets it take new volumes or not.',
  roles: adminRoles,
  event: 'UPDATE.PS',
  since: '1.0',
  params: {
    id: param.ref(StoragePool, { required: true, access: 'operate', about: 'the primary storage' }),
    name: param.string({ about: 'its new name' }),
    tags: param.text({ about: 'its new storage tags, separated by commas; empty for none' }),
    enabled: param.boolean({ about: 'true: it takes new volumes; false: it only keeps those it has' }),
  },
  returns: storagePoolView,
  async execute({ id: pool, name, tags, enabled }, { tx }) {
    if (name !== undefined && name !== pool.name) await refuseTakenName(tx, { zoneId: pool.zoneId, name });
    const changes = changesOf<StoragePool>({
      name: name === undefined ? undefined : parseDisplayName(name, 'name'),
      tags: tags === undefined ? undefined : parseTags(tags, 'tags').join(','),
    });
    if (changes) await tx.update(StoragePool, { id: pool.id }, changes);
    if (enabled !== undefined && enabled !== (pool.state === 'Up')) {
      await transition(tx, StoragePool, pool, storagePoolLifecycle, enabled ? 'enableRequested' : 'disableRequested');
    }
    return rowById(storagePoolSource, tx, pool.id);
  },
});
