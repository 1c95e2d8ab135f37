// deleteHost
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { noSuchEntity, param } from '../../kernel/command/param.ts';
import type { EntityClass, ResourceRow } from '../../kernel/command/resource.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import { startRemovingImageStore } from '../image-store/remove-image-store.ts';
import { hostSubject } from './host-rows.ts';
import { Host } from './host.entity.ts';
import { releaseHost } from './release-host.saga.ts';

export const deleteHost = command({
  name: 'deleteHost',
  about: 'Removes a host that runs no machines, with the management key and the mounts on it.',
  roles: adminRoles,
  async: 'awaited',
  event: 'HOST.DELETE',
  since: '1.0',
  params: {
    id: param.uuid({ required: true, about: 'the host; older clients remove secondary storage by this command too' }),
    forced: param.boolean({ about: 'cut the power of the machines that run on it; without it a host with machines is refused' }),
    forcedestroylocalstorage: param.boolean({ about: 'for other servers: hosts have no storage of their own here' }),
  },
  returns: success,
  async execute({ id, forced }, { tx, jobs }) {
    const host = await findById(tx, Host, id);
    if (!host) {
      const store = await findById(tx, ImageStore, id);
      if (store) return startRemovingImageStore(store, { jobs });
      throw noSuchEntity('id', id);
    }
    if (!host.ready) throw problem('conflict', `host ${host.name} is being added or removed: wait until that has ended`);
    return jobs.start(releaseHost, { hostId: host.id, forced: forced ?? false }, { subject: hostSubject(host) });
  },
});

/** By uuid, or by the small number that older clients send. Only administrators come here. */
async function findById<Row extends ResourceRow>(tx: EntityManager, entity: EntityClass<Row>, id: string): Promise<Row | null> {
  return tx.findOneBy(entity, (/^\d+$/.test(id) ? { id: Number(id) } : { uuid: id }) as never);
}
