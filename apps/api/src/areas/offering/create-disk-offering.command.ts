// createDiskOffering
import { parseDisplayName, parseTags, problem } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { Domain } from '../account/domain.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { DiskOffering } from './disk-offering.entity.ts';
import { diskOfferingSource, diskOfferingView } from './disk-offering.view.ts';
import { gibToBytes, onlyOne } from './offering-parameters.ts';
import { provisioningTypes, storageTypes } from './service-offering.entity.ts';

export const createDiskOffering = command({
  name: 'createDiskOffering',
  about: 'Creates a disk offering: the size of data disks and where they lie.',
  roles: adminRoles,
  event: 'DISK.OFFERING.CREATE',
  since: '1.0',
  params: {
    name: param.string({ required: true, about: 'its name' }),
    displaytext: param.string({ maxLength: 4096, about: 'its description; the name when absent' }),
    disksize: param.long({ about: 'size in GiB; with customized the user chooses' }),
    customized: param.boolean({ about: 'the user chooses the size' }),
    storagetype: param.enum(storageTypes, { about: 'where the disks lie; shared when absent' }),
    provisioningtype: param.enum(provisioningTypes, { about: 'how the disks take their space; thin when absent' }),
    tags: param.string({ maxLength: 4096, about: 'tags that primary storage must carry, comma-separated' }),
    displayoffering: param.boolean({ about: 'whether users see it; true when absent' }),
    domainid: param.refs(Domain, { access: 'use', about: 'only for this domain and those below it' }),
    zoneid: param.refs(Zone, { access: 'see', about: 'only in this zone' }),
  },
  returns: diskOfferingView,
  async execute(args, { tx, clock }) {
    const sized = args.disksize !== undefined && args.disksize !== 0;
    if (args.customized && sized)
      throw problem('invalid', 'disksize is for offerings of fixed size: leave it out or send customized=false');
    if (!args.customized && !sized) throw problem('invalid', 'disksize is missing: give the size in GiB or send customized=true');
    const name = parseDisplayName(args.name, 'name');
    const offering = tx.create(DiskOffering, {
      uuid: randomUUID(),
      name,
      displayText: args.displaytext ?? name,
      state: 'Active',
      diskSizeBytes: sized ? gibToBytes(args.disksize, 'disksize')! : 0,
      customized: args.customized ?? false,
      tags: parseTags(args.tags, 'tags').join(','),
      storageType: args.storagetype ?? 'shared',
      provisioningType: args.provisioningtype ?? 'thin',
      displayOffering: args.displayoffering ?? true,
      domainId: onlyOne(args.domainid, 'domainid')?.id ?? null,
      zoneId: onlyOne(args.zoneid, 'zoneid')?.id ?? null,
      created: clock.now(),
    });
    await tx.insert(DiskOffering, offering);
    return rowById(diskOfferingSource, tx, offering.id);
  },
});
