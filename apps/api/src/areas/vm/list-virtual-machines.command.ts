// listVirtualMachines
import { vmLifecycle } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Host } from '../host/host.entity.ts';
import { Network } from '../network/network.entity.ts';
import { ServiceOffering } from '../offering/service-offering.entity.ts';
import { SecurityGroup } from '../security-group/security-group.entity.ts';
import { StoragePool } from '../storage-pool/storage-pool.entity.ts';
import { Template } from '../template/template.entity.ts';
import { Cluster } from '../zone/cluster.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { virtualMachineSource, virtualMachineView } from './virtual-machine.view.ts';

const administrators = ['Admin', 'ResourceAdmin'] as const;

export const listVirtualMachines = listCommand({
  name: 'listVirtualMachines',
  about: 'Lists virtual machines.',
  roles: everyRole,
  since: '1.0',
  tagged: true,
  params: {
    id: param.ref(VirtualMachine, { access: 'see', about: 'only this virtual machine' }),
    ids: param.refs(VirtualMachine, { access: 'see', about: 'only these virtual machines' }),
    name: param.string({ about: 'only virtual machines with this host name' }),
    state: param.enum(['Present', ...vmLifecycle.states], {
      about: 'only virtual machines in this state; Present: all that are not destroyed',
    }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only in this zone' }),
    podid: param.ref(Pod, { access: 'see', roles: administrators, about: 'only on hosts of this pod' }),
    clusterid: param.ref(Cluster, { access: 'see', roles: administrators, about: 'only on hosts of this cluster' }),
    hostid: param.ref(Host, { access: 'see', roles: administrators, about: 'only on this host' }),
    storageid: param.ref(StoragePool, { access: 'see', roles: administrators, about: 'only with a disk in this primary storage' }),
    templateid: param.ref(Template, { access: 'see', about: 'only made from this template' }),
    serviceofferingid: param.ref(ServiceOffering, { access: 'see', about: 'only of this service offering' }),
    networkid: param.ref(Network, { access: 'see', about: 'only with a card in this network' }),
    securitygroupid: param.ref(SecurityGroup, { access: 'see', about: 'only in this security group' }),
    hypervisor: param.string({ about: 'only under this hypervisor' }),
    haenable: param.boolean({ about: 'only with, or only without high availability' }),
    displayvm: param.boolean({ roles: administrators, about: 'only those shown to users, or only those hidden from them' }),
  },
  source: virtualMachineSource,
  returns: virtualMachineView,
  keyword: ['vm.name', 'vm.display_name', 'vm.group_name'],
  ownedBy: { account: 'vm.account_id', domain: 'vm.domain_id' },
  where(args, where, { caller }) {
    where
      .equals('vm.id', args.id?.id)
      .in(
        'vm.id',
        args.ids?.map(({ id }) => id),
      )
      .equals('vm.name', args.name)
      .equals('vm.zone_id', args.zoneid?.id)
      .equals('vm.host_id', args.hostid?.id)
      .equals('vm.template_id', args.templateid?.id)
      .equals('vm.service_offering_id', args.serviceofferingid?.id)
      .equals('vm.hypervisor', args.hypervisor)
      .equals('vm.ha_enabled', args.haenable)
      .equals('vm.display_vm', args.displayvm ?? (caller.role === 'User' || caller.role === 'DomainAdmin' ? true : undefined));
    if (args.state === 'Present') where.and("vm.state NOT IN ('Destroyed', 'Expunging')");
    else where.equals('vm.state', args.state);
    if (args.podid) where.and('vm.host_id IN (SELECT id FROM host WHERE pod_id = ?)', args.podid.id);
    if (args.clusterid) where.and('vm.host_id IN (SELECT id FROM host WHERE cluster_id = ?)', args.clusterid.id);
    if (args.storageid) where.and('vm.id IN (SELECT vm_id FROM volume WHERE pool_id = ?)', args.storageid.id);
    if (args.securitygroupid) where.and('vm.id IN (SELECT vm_id FROM vm_security_group WHERE group_id = ?)', args.securitygroupid.id);
    if (args.networkid) where.and('vm.id IN (SELECT vm_id FROM nic WHERE network_id = ?)', args.networkid.id);
  },
});
