// Commands on one router: their parameter takes routers alone.
import { systemVmName } from '@strata/domain';
import { noSuchEntity, param } from '../../kernel/command/param.ts';
import { SystemVm } from './system-vm.entity.ts';

export const routerParam = param.ref(SystemVm, { required: true, access: 'operate', about: 'the router' });

/** @throws invalid for a system machine of another kind */
export function theRouter(vm: SystemVm): { readonly vm: SystemVm; readonly named: { readonly name: string } } {
  if (vm.kind !== 'domainrouter') throw noSuchEntity('id', vm.uuid);
  return { vm, named: { name: systemVmName(vm.kind, vm.id) } };
}
