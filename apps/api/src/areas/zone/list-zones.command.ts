// listZones
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Domain } from '../account/domain.entity.ts';
import { capacitiesOf } from '../capacity/capacity.queries.ts';
import { restrictToOpen } from './private-to-domain.ts';
import { Zone, zoneNetworkTypes } from './zone.entity.ts';
import { zoneSource, zoneView } from './zone.view.ts';

export const listZones = listCommand({
  name: 'listZones',
  about: 'Lists zones.',
  roles: everyRole,
  since: '1.0',
  tagged: true,
  params: {
    id: param.ref(Zone, { access: 'see', about: 'only this zone' }),
    ids: param.refs(Zone, { access: 'see', about: 'only these zones' }),
    name: param.string({ about: 'only the zone of this name' }),
    networktype: param.enum(zoneNetworkTypes, { about: 'only basic or only advanced zones' }),
    domainid: param.ref(Domain, { access: 'see', allowNone: true, about: 'only zones private to this domain' }),
    available: param.boolean({ about: 'false: only zones in which the caller has a machine' }),
    showcapacities: param.boolean({ about: 'answer also what each zone has and how much of it is taken' }),
  },
  source: zoneSource,
  returns: zoneView,
  keyword: ['z.name'],
  where(args, where, { caller }) {
    where
      .equals('z.id', args.id?.id)
      .in(
        'z.id',
        args.ids?.map(({ id }) => id),
      )
      .equals('z.name', args.name)
      .equals('z.network_type', args.networktype);
    where.equals('z.domain_id', args.domainid?.id);
    if (args.available === false)
      where.and('EXISTS (SELECT 1 FROM virtual_machine v WHERE v.zone_id = z.id AND v.account_id = ?)', caller.accountId);
    restrictToOpen(where, 'z.domain_id', caller);
    if (caller.role !== 'Admin') where.equals('z.allocation_state', 'Enabled');
  },
  async finish(zones, args, { tx, settings, caller }) {
    if (!args.showcapacities || caller.role !== 'Admin') return;
    const capacities = await capacitiesOf(tx, settings, { level: 'zone', zoneIds: zones.map(({ id }) => id) });
    for (const zone of zones) zone.capacity = capacities.filter(({ zoneUuid }) => zoneUuid === zone.uuid);
  },
});
