// listDiskOfferings
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Domain } from '../account/domain.entity.ts';
import { restrictToOpen } from '../zone/private-to-domain.ts';
import { Zone } from '../zone/zone.entity.ts';
import { DiskOffering } from './disk-offering.entity.ts';
import { diskOfferingSource, diskOfferingView } from './disk-offering.view.ts';

export const listDiskOfferings = listCommand({
  name: 'listDiskOfferings',
  about: 'Lists disk offerings.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.ref(DiskOffering, { access: 'see', about: 'only this offering' }),
    name: param.string({ about: 'only offerings of this name' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only offerings that hold in this zone' }),
    domainid: param.ref(Domain, { access: 'see', allowNone: true, about: 'only offerings for this domain' }),
    storagetype: param.string({ about: 'only offerings of this kind of storage' }),
    state: param.string({ about: 'only offerings in this state; users see active ones only' }),
  },
  source: diskOfferingSource,
  returns: diskOfferingView,
  keyword: ['o.name', 'o.display_text'],
  where(args, where, { caller }) {
    where
      .equals('o.id', args.id?.id)
      .equals('o.name', args.name)
      .equals('o.storage_type', args.storagetype?.toLowerCase())
      .equals('LOWER(o.state)', args.state?.toLowerCase());
    where.equals('o.domain_id', args.domainid?.id);
    if (args.zoneid) where.and('o.zone_id IS NULL OR o.zone_id = ?', args.zoneid.id);
    if (caller.role !== 'Admin') where.and("o.display_offering AND o.state = 'Active'");
    restrictToOpen(where, 'o.domain_id', caller);
  },
});
