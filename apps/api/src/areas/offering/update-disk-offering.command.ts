// updateDiskOffering
import { parseDisplayName, parseTags } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { DiskOffering } from './disk-offering.entity.ts';
import { diskOfferingSource, diskOfferingView } from './disk-offering.view.ts';
import { ownerChange } from './offering-parameters.ts';
import { offeringStates } from './service-offering.entity.ts';

export const updateDiskOffering = command({
  name: 'updateDiskOffering',
  about: 'Changes name, description, tags and audience of a disk offering.',
  roles: adminRoles,
  event: 'DISK.OFFERING.EDIT',
  since: '1.0',
  params: {
    id: param.ref(DiskOffering, { required: true, access: 'operate', about: 'the offering' }),
    name: param.string({ about: 'the new name' }),
    displaytext: param.string({ maxLength: 4096, about: 'the new description' }),
    state: param.enum(offeringStates, { about: 'Inactive: no new disks' }),
    tags: param.text({ maxLength: 4096, about: 'tags that primary storage must carry, comma-separated; empty for none' }),
    displayoffering: param.boolean({ about: 'whether users see it' }),
    domainid: param.string({ maxLength: 4096, about: 'only for this domain; public for everyone' }),
    zoneid: param.string({ maxLength: 4096, about: 'only in this zone; all for every zone' }),
    sortkey: param.integer({ about: 'place in lists, smaller first' }),
  },
  returns: diskOfferingView,
  async execute({ id: offering, ...args }, { tx }) {
    const changes = changesOf<DiskOffering>({
      name: args.name === undefined ? undefined : parseDisplayName(args.name, 'name'),
      displayText: args.displaytext,
      state: args.state,
      tags: args.tags === undefined ? undefined : parseTags(args.tags, 'tags').join(','),
      displayOffering: args.displayoffering,
      domainId: await ownerChange(tx, 'domain', args.domainid),
      zoneId: await ownerChange(tx, 'zone', args.zoneid),
      sortKey: args.sortkey,
    });
    if (changes) await tx.update(DiskOffering, offering.id, changes);
    return rowById(diskOfferingSource, tx, offering.id);
  },
});
