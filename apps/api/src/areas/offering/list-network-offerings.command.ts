// listNetworkOfferings
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Domain } from '../account/domain.entity.ts';
import type { Where } from '../../kernel/command/source.ts';
import { Network } from '../network/network.entity.ts';
import { restrictToOpen } from '../zone/private-to-domain.ts';
import { Zone } from '../zone/zone.entity.ts';
import { NetworkOffering } from './network-offering.entity.ts';
import { networkOfferingSource, networkOfferingView } from './network-offering.view.ts';

export const listNetworkOfferings = listCommand({
  name: 'listNetworkOfferings',
  about: 'Lists network offerings.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.ref(NetworkOffering, { access: 'see', about: 'only this offering' }),
    name: param.string({ about: 'only offerings of this name' }),
    displaytext: param.string({ about: 'only offerings of this description' }),
    state: param.string({ about: 'only offerings in this state' }),
    guestiptype: param.string({ about: 'only offerings of this type: Shared, Isolated or L2' }),
    traffictype: param.string({ about: 'only offerings for this traffic' }),
    availability: param.string({ about: 'only offerings of this availability' }),
    isdefault: param.boolean({ about: 'only offerings that came with the product, or only the others' }),
    specifyvlan: param.boolean({ about: 'only offerings whose VLAN is given by hand, or only the others' }),
    specifyipranges: param.boolean({ about: 'only offerings whose ranges are given by hand, or only the others' }),
    forvpc: param.boolean({ about: 'only offerings for tiers of VPCs, or only the others' }),
    supportedservices: param.strings({ about: 'only offerings with all these services' }),
    sourcenatsupported: param.boolean({ about: 'only offerings with source NAT, or only those without' }),
    istagged: param.boolean({ about: 'only offerings with tags, or only those without' }),
    tags: param.string({ maxLength: 4096, about: 'only offerings with exactly these tags' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only offerings that hold in this zone' }),
    networkid: param.ref(Network, { access: 'see', about: 'only offerings this network can change to' }),
    domainid: param.ref(Domain, { access: 'see', allowNone: true, about: 'only offerings for this domain' }),
  },
  source: networkOfferingSource,
  returns: networkOfferingView,
  keyword: ['o.name', 'o.display_text'],
  where(args, where, { caller }) {
    where
      .equals('o.id', args.id?.id)
      .equals('o.name', args.name)
      .equals('o.display_text', args.displaytext)
      .equals('LOWER(o.state)', args.state?.toLowerCase())
      .equals('LOWER(o.guest_type)', args.guestiptype?.toLowerCase())
      .equals('LOWER(o.traffic_type)', args.traffictype?.toLowerCase())
      .equals('LOWER(o.availability)', args.availability?.toLowerCase())
      .equals('o.is_default', args.isdefault)
      .equals('o.specify_vlan', args.specifyvlan)
      .equals('o.specify_ip_ranges', args.specifyipranges)
      .equals('o.for_vpc', args.forvpc)
      .equals('o.tags', args.tags);
    for (const service of args.supportedservices ?? []) hasService(where, service, true);
    if (args.sourcenatsupported !== undefined) hasService(where, 'SourceNat', args.sourcenatsupported);
    if (args.istagged !== undefined) where.and(args.istagged ? "o.tags <> ''" : "o.tags = ''");
    if (args.zoneid) where.and('o.zone_id IS NULL OR o.zone_id = ?', args.zoneid.id);
    // A network keeps its offering (updateNetwork).
    if (args.networkid) where.and('FALSE');
    where.equals('o.domain_id', args.domainid?.id);
    where.and('NOT o.is_system');
    if (caller.role !== 'Admin') where.equals('o.state', 'Enabled');
    restrictToOpen(where, 'o.domain_id', caller);
  },
});

function hasService(where: Where, service: string, wanted: boolean): void {
  where.and(
    `JSON_SEARCH(LOWER(o.services), 'one', ?, NULL, '$[*].name') IS ${wanted ? 'NOT ' : ''}NULL`,
    service.toLowerCase().replace(/[\\%_]/g, '\\$&'),
  );
}
