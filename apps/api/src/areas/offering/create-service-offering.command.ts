// createServiceOffering
import { parseDisplayName, parseTags, problem } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { Domain } from '../account/domain.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { parseSize } from './custom-size.ts';
import { gibToBytes, onlyOne, within } from './offering-parameters.ts';
import { provisioningTypes, ServiceOffering, storageTypes, systemVmTypes } from './service-offering.entity.ts';
import { serviceOfferingSource, serviceOfferingView } from './service-offering.view.ts';

export const createServiceOffering = command({
  name: 'createServiceOffering',
  about: 'Creates a service offering: how many CPUs and how much memory a machine has and where it may run.',
  roles: adminRoles,
  event: 'SERVICE.OFFERING.CREATE',
  since: '1.0',
  params: {
    name: param.string({ required: true, about: 'its name' }),
    displaytext: param.string({ about: 'its description; the name when absent' }),
    cpunumber: param.integer({ about: 'number of CPUs' }),
    cpuspeed: param.integer({ about: 'MHz of each CPU' }),
    memory: param.integer({ about: 'memory in MiB' }),
    customized: param.boolean({ about: 'the user chooses CPUs and memory' }),
    mincpunumber: param.integer({ about: 'with customized: least number of CPUs' }),
    maxcpunumber: param.integer({ about: 'with customized: greatest number of CPUs' }),
    minmemory: param.integer({ about: 'with customized: least memory in MiB' }),
    maxmemory: param.integer({ about: 'with customized: most memory in MiB' }),
    rootdisksize: param.long({ about: 'size of the root disk in GiB; that of the template when absent' }),
    storagetype: param.enum(storageTypes, { about: 'where the root disk lies; shared when absent' }),
    provisioningtype: param.enum(provisioningTypes, { about: 'how the root disk takes its space; thin when absent' }),
    tags: param.string({ about: 'tags that primary storage must carry, comma-separated' }),
    hosttags: param.string({ about: 'tags that hosts must carry, comma-separated' }),
    offerha: param.boolean({ about: 'restart machines when their host fails' }),
    limitcpuuse: param.boolean({ about: 'no more CPU than promised even when the host is idle' }),
    isvolatile: param.boolean({ about: 'make the root disk anew at each reboot' }),
    dynamicscalingenabled: param.boolean({ about: 'running machines can grow' }),
    networkrate: param.integer({ about: 'Mbit/s of each network card; 0: unlimited' }),
    issystem: param.boolean({ about: 'for system machines' }),
    systemvmtype: param.enum(systemVmTypes, { about: 'with issystem: the kind of system machines' }),
    domainid: param.refs(Domain, { access: 'use', about: 'only for this domain and those below it' }),
    zoneid: param.refs(Zone, { access: 'see', about: 'only in this zone' }),
  },
  returns: serviceOfferingView,
  async execute(args, { tx, clock }) {
    if (args.systemvmtype !== undefined && !args.issystem)
      throw problem('invalid', 'systemvmtype goes with issystem=true: send both or neither');
    const name = parseDisplayName(args.name, 'name');
    const offering = tx.create(ServiceOffering, {
      uuid: randomUUID(),
      name,
      displayText: args.displaytext ?? name,
      state: 'Active',
      ...parseSize(args),
      storageTags: parseTags(args.tags, 'tags').join(','),
      hostTags: parseTags(args.hosttags, 'hosttags').join(','),
      storageType: args.storagetype ?? 'shared',
      provisioningType: args.provisioningtype ?? 'thin',
      rootDiskSizeBytes: args.rootdisksize === 0 ? null : (gibToBytes(args.rootdisksize, 'rootdisksize') ?? null),
      offerHa: args.offerha ?? false,
      limitCpuUse: args.limitcpuuse ?? false,
      isVolatile: args.isvolatile ?? false,
      dynamicScaling: args.dynamicscalingenabled ?? true,
      networkRateMbit: within(args.networkrate, 'networkrate', 0, 1_000_000) ?? null,
      isSystem: args.issystem ?? false,
      systemVmType: args.systemvmtype ?? null,
      isDefault: false,
      domainId: onlyOne(args.domainid, 'domainid')?.id ?? null,
      zoneId: onlyOne(args.zoneid, 'zoneid')?.id ?? null,
      created: clock.now(),
    });
    await tx.insert(ServiceOffering, offering);
    return rowById(serviceOfferingSource, tx, offering.id);
  },
});
