// migrateSystemVm
import { problem, systemVmLifecycle, systemVmName } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Host } from '../host/host.entity.ts';
import { migrateSystemMachine } from './migrate-system-vm.saga.ts';
import { SystemVm } from './system-vm.entity.ts';
import { systemVmView } from './system-vm.view.ts';
import { systemVmEvent } from './system-vm-events.ts';
import { systemVmSubject } from './system-vm-rows.ts';

export const migrateSystemVm = command({
  name: 'migrateSystemVm',
  about: 'Moves a running system machine to another host of its cluster without stopping it.',
  roles: adminRoles,
  async: true,
  event: 'SSVM.MIGRATE',
  since: '1.0',
  params: {
    virtualmachineid: param.ref(SystemVm, { required: true, access: 'operate', about: 'the system machine to move' }),
    hostid: param.ref(Host, { access: 'use', about: 'the host to move it to' }),
    autoselect: param.boolean({ about: 'true: without hostid, the server chooses the host' }),
    storageid: param.uuid({ about: 'for other servers: the disk of a machine stays where it is' }),
  },
  returns: systemVmView,
  async execute({ virtualmachineid: vm, hostid: host, autoselect, storageid }, { jobs }) {
    if (storageid !== undefined)
      throw problem('invalid', 'parameter storageid: disks cannot be moved to other primary storage; leave it out and send hostid');
    if (!host && !autoselect)
      throw problem('invalid', 'parameter hostid is missing: send the host to move to, or autoselect=true to let the server choose');
    const name = systemVmName(vm.kind, vm.id);
    systemVmLifecycle.assertCan(vm.state, 'migrateRequested', { name });
    if (host && host.id === vm.hostId)
      throw problem('invalid', `parameter hostid: ${name} runs on host ${host.name} already; choose another`);
    return jobs.start(
      migrateSystemMachine,
      { systemVmId: vm.id, hostId: host?.id ?? null },
      { subject: systemVmSubject(vm), event: systemVmEvent(vm.kind, 'MIGRATE') },
    );
  },
});
