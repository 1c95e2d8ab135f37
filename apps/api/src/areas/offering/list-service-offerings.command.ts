// listServiceOfferings
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Domain } from '../account/domain.entity.ts';
import { VirtualMachine } from '../vm/virtual-machine.entity.ts';
import { restrictToOpen } from '../zone/private-to-domain.ts';
import { Zone } from '../zone/zone.entity.ts';
import { ServiceOffering } from './service-offering.entity.ts';
import { serviceOfferingSource, serviceOfferingView } from './service-offering.view.ts';

export const listServiceOfferings = listCommand({
  name: 'listServiceOfferings',
  about: 'Lists service offerings.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.ref(ServiceOffering, { access: 'see', about: 'only this offering' }),
    name: param.string({ about: 'only offerings of this name' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only offerings that hold in this zone' }),
    domainid: param.ref(Domain, { access: 'see', allowNone: true, about: 'only offerings for this domain' }),
    issystem: param.boolean({ about: 'root administrators: offerings for system machines instead' }),
    systemvmtype: param.string({ about: 'with issystem: only offerings for this kind of system machines' }),
    cpunumber: param.integer({ about: 'only offerings with at least so many CPUs' }),
    cpuspeed: param.integer({ about: 'only offerings with at least so many MHz' }),
    memory: param.integer({ about: 'only offerings with at least so many MiB' }),
    storagetype: param.string({ about: 'only offerings of this kind of storage' }),
    state: param.string({ about: 'only offerings in this state; Active when absent, all for root administrators' }),
    virtualmachineid: param.ref(VirtualMachine, {
      access: 'see',
      about: 'only offerings this machine can change to: those other than its own',
    }),
  },
  source: serviceOfferingSource,
  returns: serviceOfferingView,
  keyword: ['o.name', 'o.display_text'],
  where(args, where, { caller }) {
    where
      .equals('o.id', args.id?.id)
      .equals('o.name', args.name)
      .equals('o.system_vm_type', args.systemvmtype?.toLowerCase())
      .equals('o.storage_type', args.storagetype?.toLowerCase())
      .equals('LOWER(o.state)', args.state?.toLowerCase());
    where.equals('o.domain_id', args.domainid?.id);
    if (args.zoneid) where.and('o.zone_id IS NULL OR o.zone_id = ?', args.zoneid.id);
    if (args.cpunumber !== undefined) where.and('o.cpu_number IS NULL OR o.cpu_number >= ?', args.cpunumber);
    if (args.cpuspeed !== undefined) where.and('o.cpu_speed_mhz IS NULL OR o.cpu_speed_mhz >= ?', args.cpuspeed);
    if (args.memory !== undefined) where.and('o.memory_mib IS NULL OR o.memory_mib >= ?', args.memory);
    if (args.virtualmachineid) where.and('o.id <> ?', args.virtualmachineid.serviceOfferingId);
    const system = args.issystem === true && caller.role === 'Admin';
    if (args.id === undefined || caller.role !== 'Admin') where.equals('o.is_system', system);
    if (caller.role !== 'Admin') where.equals('o.state', 'Active');
    restrictToOpen(where, 'o.domain_id', caller);
  },
});
