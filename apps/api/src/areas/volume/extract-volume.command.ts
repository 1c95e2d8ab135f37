// extractVolume
import { problem } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { refuseUpload } from '../store-transfer/extract-mode.ts';
import { storeLinkView } from '../store-transfer/store-link.view.ts';
import { VirtualMachine } from '../vm/virtual-machine.entity.ts';
import { vmSubject } from '../vm/vm-rows.ts';
import { Zone } from '../zone/zone.entity.ts';
import { extractVolumeFile } from './extract-volume.saga.ts';
import { Volume } from './volume.entity.ts';

export const extractVolume = command({
  name: 'extractVolume',
  about: 'Makes a link under which the file of a volume can be fetched for a while; a running virtual machine must not have it.',
  roles: everyRole,
  async: true,
  event: 'VOLUME.EXTRACT',
  since: '1.0',
  item: 'volume',
  params: {
    id: param.ref(Volume, { required: true, access: 'operate', about: 'the volume; its virtual machine, if any, is stopped' }),
    zoneid: param.ref(Zone, { required: true, access: 'use', about: 'the zone that it is in' }),
    mode: param.enum(['HTTP_DOWNLOAD', 'FTP_UPLOAD'], { required: true, about: 'HTTP_DOWNLOAD: a link; nothing is sent elsewhere' }),
  },
  returns: storeLinkView,
  async execute({ id: volume, zoneid: zone, mode }, { caller, jobs, tx }) {
    refuseUpload(mode);
    if (volume.zoneId !== zone.id) throw problem('invalid', `parameter zoneid: volume ${volume.name} is not in zone ${zone.name}`);
    const { id, uuid, accountId, vmId } = volume;
    // As a job of the machine: it does not start before the file is complete.
    const vm = vmId === null ? null : await tx.findOneByOrFail(VirtualMachine, { id: vmId });
    const subject = vm ? vmSubject(vm) : { type: 'Volume', id, uuid, accountId };
    return jobs.start(extractVolumeFile, { volumeId: id, accountId: caller.accountId }, { subject });
  },
});
