// migrateVirtualMachine
import { assertVmCan, problem, type VmId } from '@strata/domain';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Host } from '../host/host.entity.ts';
import { migrateVm } from './migrate-vm.saga.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { virtualMachineView } from './virtual-machine.view.ts';
import { vmSubject } from './vm-rows.ts';

export const migrateVirtualMachine = command({
  name: 'migrateVirtualMachine',
  about: 'Moves a running virtual machine to another host of its cluster without stopping it.',
  roles: ['Admin'],
  async: true,
  event: 'VM.MIGRATE',
  since: '1.0',
  params: {
    virtualmachineid: param.ref(VirtualMachine, { required: true, access: 'operate', about: 'the virtual machine to move' }),
    hostid: param.ref(Host, { access: 'use', about: 'the host to move it to; findHostsForMigration lists those that can take it' }),
    autoselect: param.boolean({ about: 'true: without hostid, the server chooses the host' }),
    storageid: param.uuid({ about: 'for other servers: the disks of a machine stay where they are' }),
  },
  returns: virtualMachineView,
  async execute({ virtualmachineid: vm, hostid: host, autoselect, storageid }, { tx, jobs }) {
    if (storageid !== undefined)
      throw problem('invalid', 'parameter storageid: disks cannot be moved to other primary storage; leave it out and send hostid');
    if (!host && !autoselect)
      throw problem('invalid', 'parameter hostid is missing: send the host to move to, or autoselect=true to let the server choose');
    assertVmCan(vm, 'migrateRequested');
    if (host && vm.hostId !== null) assertReachable(host, vm, await tx.findOneByOrFail(Host, { id: vm.hostId }));
    return jobs.start(migrateVm, { vmId: vm.id as VmId, hostId: host?.id ?? null }, { subject: vmSubject(vm) });
  },
});

function assertReachable(host: Host, vm: VirtualMachine, source: Host): void {
  if (host.id === source.id) throw problem('invalid', `parameter hostid: ${vm.name} runs on host ${host.name} already; choose another`);
  if (host.clusterId !== source.clusterId)
    throw problem(
      'invalid',
      `parameter hostid: host ${host.name} is in another cluster than ${source.name}; machines move inside a cluster`,
    );
}
