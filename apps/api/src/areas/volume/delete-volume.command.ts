// deleteVolume
import { everyRole } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { removeVolume } from './delete-volume.saga.ts';
import { Volume } from './volume.entity.ts';

export const deleteVolume = command({
  name: 'deleteVolume',
  about: 'Removes a volume that is attached to no virtual machine, with all that is on it.',
  roles: everyRole,
  async: 'awaited',
  event: 'VOLUME.DELETE',
  since: '1.0',
  params: {
    id: param.ref(Volume, { required: true, access: 'operate', about: 'the volume' }),
  },
  returns: success,
  async execute({ id: { id, uuid, accountId } }, { jobs }) {
    return jobs.start(removeVolume, { volumeId: id }, { subject: { type: 'Volume', id, uuid, accountId } });
  },
});
