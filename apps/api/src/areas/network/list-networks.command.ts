// listNetworks
import { administersDomain } from '@strata/domain';
import { everyRole, type Caller } from '../../kernel/command/caller.ts';
import type { CommandContext } from '../../kernel/command/command.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { type ListScopeParams, listScopeParams, restrictToScope } from '../../kernel/command/list-scope.ts';
import { param } from '../../kernel/command/param.ts';
import { treePattern } from '../../kernel/command/resource.ts';
import { Where } from '../../kernel/command/source.ts';
import { NetworkOffering } from '../offering/network-offering.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { Network } from './network.entity.ts';
import { networkSource, networkView } from './network.view.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';

export const listNetworks = listCommand({
  name: 'listNetworks',
  about: 'Lists networks: those of accounts, and those that a domain shares.',
  roles: everyRole,
  since: '1.0',
  tagged: true,
  params: {
    ...listScopeParams,
    id: param.ref(Network, { access: 'see', about: 'only this network' }),
    name: param.string({ about: 'only networks of this name' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only networks of this zone' }),
    physicalnetworkid: param.ref(PhysicalNetwork, { access: 'see', about: 'only networks on this physical network' }),
    networkofferingid: param.ref(NetworkOffering, { access: 'see', about: 'only networks of this offering' }),
    type: param.string({ about: 'only networks of this type: Shared, Isolated or L2' }),
    traffictype: param.string({ about: 'only networks that carry this' }),
    acltype: param.string({ about: 'only networks of this access type: Account or Domain' }),
    issystem: param.boolean({ about: 'root administrators: the system’s own networks instead' }),
    restartrequired: param.boolean({ about: 'only networks whose changes wait for a restart, or only the others' }),
    specifyipranges: param.boolean({ about: 'only networks whose ranges are given by hand, or only the others' }),
    supportedservices: param.strings({ about: 'only networks with all these services' }),
    canusefordeploy: param.boolean({ about: 'only networks that machines can be put into' }),
    forvpc: param.boolean({ about: 'only tiers of VPCs, or only the others' }),
    vpcid: param.uuid({ about: 'only tiers of this VPC' }),
    displaynetwork: param.boolean({ roles: ['Admin'], about: 'only networks that users see, or only the others' }),
    vlan: param.string({ roles: ['Admin'], about: 'only networks of this VLAN' }),
  },
  source: networkSource,
  returns: networkView,
  keyword: ['n.name', 'n.display_text'],
  async where(args, where, ctx) {
    where
      .equals('n.id', args.id?.id)
      .equals('n.name', args.name)
      .equals('n.zone_id', args.zoneid?.id)
      .equals('n.physical_network_id', args.physicalnetworkid?.id)
      .equals('n.network_offering_id', args.networkofferingid?.id)
      .equals('LOWER(n.guest_type)', args.type?.toLowerCase())
      .equals('LOWER(n.traffic_type)', args.traffictype?.toLowerCase())
      .equals('LOWER(n.acl_type)', args.acltype?.toLowerCase())
      .equals('n.restart_required', args.restartrequired)
      .equals('n.display_network', args.displaynetwork)
      .equals("COALESCE(n.vlan, 'untagged')", args.vlan);
    const offering = 'JOIN network_offering w ON w.id = n.network_offering_id';
    if (args.specifyipranges !== undefined) where.join(offering).equals('w.specify_ip_ranges', args.specifyipranges);
    for (const service of args.supportedservices ?? [])
      where
        .join(offering)
        .and("JSON_SEARCH(LOWER(w.services), 'one', ?, NULL, '$[*].name') IS NOT NULL", service.toLowerCase().replace(/[\\%_]/g, '\\$&'));
    if (args.forvpc === true || args.vpcid !== undefined) where.and('FALSE');
    if (args.canusefordeploy) where.equals('n.traffic_type', 'Guest');
    if (args.issystem && ctx.caller.role === 'Admin') where.and('n.is_system');
    else if (args.id === undefined || ctx.caller.role !== 'Admin') where.and('NOT n.is_system');
    if (!(args.issystem && ctx.caller.role === 'Admin')) await restrictToUsable(where, args, ctx);
    if (ctx.caller.role !== 'Admin') where.and('n.display_network');
  },
});

/** Networks of accounts follow the rules of every owned object; networks of domains are there for all who may use them. */
async function restrictToUsable(where: Where, args: ListScopeParams, ctx: CommandContext): Promise<void> {
  const owned = new Where();
  await restrictToScope(owned, { account: 'n.account_id', domain: 'n.domain_id' }, args, ctx);
  const { where: conditions, values } = owned.sql();
  const shared = sharedWith(ctx.caller);
  where.and(
    `n.acl_type = 'Domain' AND (${shared.sql}) OR n.acl_type = 'Account' AND ${conditions === '' ? 'TRUE' : conditions.replace(/^WHERE /, '')}`,
    ...shared.values,
    ...values,
  );
}

function sharedWith(caller: Caller): { sql: string; values: unknown[] } {
  if (caller.role === 'Admin') return { sql: 'TRUE', values: [] };
  const above =
    'n.domain_id IS NULL OR n.domain_id = ? OR n.subdomain_access AND n.domain_id IN (SELECT d.id FROM domain d WHERE LEFT(?, CHAR_LENGTH(d.path)) = d.path)';
  if (!administersDomain(caller)) return { sql: above, values: [caller.domainId, caller.domainPath] };
  return {
    sql: `${above} OR n.domain_id IN (SELECT d.id FROM domain d WHERE d.path LIKE ?)`,
    values: [caller.domainId, caller.domainPath, treePattern(caller.domainPath)],
  };
}
