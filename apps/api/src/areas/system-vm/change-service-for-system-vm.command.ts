// changeServiceForSystemVm
import { computeOf, problem, systemVmName } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { ServiceOffering } from '../offering/service-offering.entity.ts';
import { SystemVm } from './system-vm.entity.ts';
import { systemVmSource, systemVmView } from './system-vm.view.ts';

export const changeServiceForSystemVm = command({
  name: 'changeServiceForSystemVm',
  about: 'Gives a stopped system machine another system offering: the size it has from its next start on.',
  roles: adminRoles,
  event: 'SSVM.UPGRADE',
  since: '3.0',
  params: {
    id: param.ref(SystemVm, { required: true, access: 'operate', about: 'the system machine' }),
    serviceofferingid: param.ref(ServiceOffering, { required: true, access: 'use', about: 'a system offering for machines of its kind' }),
    details: param.details({ about: 'cpuNumber, cpuSpeed and memory for offerings that leave them open' }),
  },
  returns: systemVmView,
  async execute({ id: vm, serviceofferingid: offering, details }, { tx }) {
    const name = systemVmName(vm.kind, vm.id);
    if (!offering.isSystem || offering.systemVmType !== vm.kind)
      throw problem('invalid', `service offering ${offering.name} is not for system machines of kind ${vm.kind}: choose one that is`);
    const size = computeOf(
      {
        name: offering.name,
        cpuCores: offering.cpuNumber,
        cpuMhz: offering.cpuSpeedMhz,
        memoryMib: offering.memoryMib,
        minCpuCores: offering.minCpuNumber,
        maxCpuCores: offering.maxCpuNumber,
        minMemoryMib: offering.minMemoryMib,
        maxMemoryMib: offering.maxMemoryMib,
      },
      details,
    );
    const { affected } = await tx.update(
      SystemVm,
      { id: vm.id, state: 'Stopped', version: vm.version },
      {
        serviceOfferingId: offering.id,
        cpuCount: size.cpuCores,
        cpuMhz: size.cpuMhz,
        memoryMib: size.memoryMib,
        version: vm.version + 1,
      },
    );
    if (affected === 0) throw problem('conflict', `system machine ${name} is ${vm.state}: call stopSystemVm first`);
    return rowById(systemVmSource, tx, vm.id);
  },
});
