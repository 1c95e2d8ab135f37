// updateServiceOffering
import { parseDisplayName, parseTags } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { ownerChange } from './offering-parameters.ts';
import { offeringStates, ServiceOffering } from './service-offering.entity.ts';
import { serviceOfferingSource, serviceOfferingView } from './service-offering.view.ts';

export const updateServiceOffering = command({
  name: 'updateServiceOffering',
  about: 'Changes name, description, tags and audience of a service offering; sizes stay, since machines have them.',
  roles: adminRoles,
  event: 'SERVICE.OFFERING.EDIT',
  since: '1.0',
  params: {
    id: param.ref(ServiceOffering, { required: true, access: 'operate', about: 'the offering' }),
    name: param.string({ about: 'the new name' }),
    displaytext: param.string({ about: 'the new description' }),
    state: param.enum(offeringStates, { about: 'Inactive: no new machines' }),
    hosttags: param.text({ about: 'tags that hosts must carry, comma-separated; empty for none' }),
    storagetags: param.text({ about: 'tags that primary storage must carry, comma-separated; empty for none' }),
    domainid: param.string({ maxLength: 4096, about: 'only for this domain; public for everyone' }),
    zoneid: param.string({ maxLength: 4096, about: 'only in this zone; all for every zone' }),
    sortkey: param.integer({ about: 'place in lists, smaller first' }),
  },
  returns: serviceOfferingView,
  async execute({ id: offering, ...args }, { tx }) {
    const changes = changesOf<ServiceOffering>({
      name: args.name === undefined ? undefined : parseDisplayName(args.name, 'name'),
      displayText: args.displaytext,
      state: args.state,
      hostTags: args.hosttags === undefined ? undefined : parseTags(args.hosttags, 'hosttags').join(','),
      storageTags: args.storagetags === undefined ? undefined : parseTags(args.storagetags, 'storagetags').join(','),
      domainId: await ownerChange(tx, 'domain', args.domainid),
      zoneId: await ownerChange(tx, 'zone', args.zoneid),
      sortKey: args.sortkey,
    });
    if (changes) await tx.update(ServiceOffering, offering.id, changes);
    return rowById(serviceOfferingSource, tx, offering.id);
  },
});
