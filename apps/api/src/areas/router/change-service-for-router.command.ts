// changeServiceForRouter
import { problem } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { ServiceOffering } from '../offering/service-offering.entity.ts';
import { SystemVm } from '../system-vm/system-vm.entity.ts';
import { systemVmSource } from '../system-vm/system-vm.view.ts';
import { routerView } from './router.view.ts';
import { routerParam, theRouter } from '../system-vm/the-router.ts';

export const changeServiceForRouter = command({
  name: 'changeServiceForRouter',
  about: 'Gives a stopped virtual router another size, which it has from its next start.',
  roles: adminRoles,
  event: 'ROUTER.SERVICE.CHANGE',
  since: '1.0',
  params: {
    id: routerParam,
    serviceofferingid: param.ref(ServiceOffering, { required: true, access: 'use', about: 'a service offering for virtual routers' }),
  },
  returns: routerView,
  async execute({ id, serviceofferingid: offering }, { tx }) {
    const { vm, named } = theRouter(id);
    if (!offering.isSystem || offering.systemVmType !== 'domainrouter')
      throw problem('invalid', `service offering ${offering.name} is not for virtual routers: choose one with systemvmtype domainrouter`);
    if (vm.state !== 'Stopped') throw problem('conflict', `router ${named.name} is ${vm.state}: stop it with stopRouter first`);
    const size = {
      serviceOfferingId: offering.id,
      cpuCount: offering.cpuNumber ?? vm.cpuCount,
      cpuMhz: offering.cpuSpeedMhz ?? vm.cpuMhz,
      memoryMib: offering.memoryMib ?? vm.memoryMib,
    };
    await tx.update(SystemVm, { id: vm.id }, { ...size, version: () => 'version + 1' });
    return rowById(systemVmSource, tx, vm.id);
  },
});
