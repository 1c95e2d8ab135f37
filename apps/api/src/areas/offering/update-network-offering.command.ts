// updateNetworkOffering
import { parseDisplayName, parseTags } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { availabilities, NetworkOffering, networkOfferingStates } from './network-offering.entity.ts';
import { networkOfferingSource, networkOfferingView } from './network-offering.view.ts';
import { ownerChange, within } from './offering-parameters.ts';

export const updateNetworkOffering = command({
  name: 'updateNetworkOffering',
  about: 'Changes a network offering; enables or disables it for new networks.',
  roles: adminRoles,
  event: 'NETWORK.OFFERING.EDIT',
  since: '1.0',
  params: {
    id: param.ref(NetworkOffering, { required: true, access: 'operate', about: 'the offering' }),
    name: param.string({ about: 'the new name' }),
    displaytext: param.string({ about: 'the new description' }),
    state: param.enum(networkOfferingStates, { about: 'Disabled: no new networks' }),
    availability: param.enum(availabilities, { about: 'Required: every account has such a network' }),
    maxconnections: param.integer({ about: 'connections of its load balancers' }),
    tags: param.text({ maxLength: 4096, about: 'tags that physical networks must carry, comma-separated; empty for none' }),
    domainid: param.string({ maxLength: 4096, about: 'only for this domain; public for everyone' }),
    zoneid: param.string({ maxLength: 4096, about: 'only in this zone; all for every zone' }),
    sortkey: param.integer({ about: 'place in lists, smaller first' }),
  },
  returns: networkOfferingView,
  async execute({ id: offering, ...args }, { tx }) {
    const changes = changesOf<NetworkOffering>({
      name: args.name === undefined ? undefined : parseDisplayName(args.name, 'name'),
      displayText: args.displaytext,
      state: args.state,
      availability: args.availability,
      maxConnections: within(args.maxconnections, 'maxconnections', 1, 10_000_000),
      tags: args.tags === undefined ? undefined : parseTags(args.tags, 'tags').join(','),
      domainId: await ownerChange(tx, 'domain', args.domainid),
      zoneId: await ownerChange(tx, 'zone', args.zoneid),
      sortKey: args.sortkey,
    });
    if (changes) await tx.update(NetworkOffering, offering.id, changes);
    return rowById(networkOfferingSource, tx, offering.id);
  },
});
