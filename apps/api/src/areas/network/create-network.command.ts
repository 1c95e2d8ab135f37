// createNetwork
import { networkInitialState, networkLifecycle, parseDisplayName, problem } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { Domain } from '../account/domain.entity.ts';
import { NetworkOffering, type OfferedService } from '../offering/network-offering.entity.ts';
import { lockZone, optional, parseDnsServer, parseNetworkDomain } from '../zone/zone-parameters.ts';
import { Zone } from '../zone/zone.entity.ts';
import { Network } from './network.entity.ts';
import { networkSource, networkView } from './network.view.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { parseVlan, untagged } from './vlan-numbers.ts';

export const createNetwork = command({
  name: 'createNetwork',
  about: 'Creates a network. A basic zone has one: a shared guest network, whose address ranges createVlanIpRange adds pod by pod.',
  roles: everyRole,
  event: 'NETWORK.CREATE',
  since: '1.0',
  params: {
    zoneid: param.ref(Zone, { required: true, access: 'use', about: 'the zone' }),
    networkofferingid: param.ref(NetworkOffering, { required: true, access: 'use', about: 'the offering, which names the services' }),
    name: param.string({ required: true, about: 'its name' }),
    displaytext: param.string({ about: 'its description; the name when absent' }),
    physicalnetworkid: param.ref(PhysicalNetwork, { access: 'use', about: 'the physical network, where the zone has several for guests' }),
    networkdomain: param.string({ about: 'DNS suffix of its machines; that of the zone when absent' }),
    dns1: param.string({ about: 'first DNS server of its machines; that of the zone when absent' }),
    dns2: param.string({ about: 'second DNS server of its machines' }),
    domainid: param.ref(Domain, { access: 'use', about: 'only for this domain' }),
    subdomainaccess: param.boolean({ about: 'with domainid: also for the domains below; true when absent' }),
    displaynetwork: param.boolean({ roles: ['Admin'], about: 'whether users see it' }),
    account: param.string({ about: 'not for shared networks, which belong to a domain' }),
    projectid: param.uuid({ about: 'not for shared networks, which belong to a domain' }),
    acltype: param.enum(['Domain', 'Account'], { about: 'Domain: for all accounts of the domain' }),
    vlan: param.string({ about: 'its VLAN; untagged in basic zones' }),
    gateway: param.string({ about: 'not in basic zones, where ranges bring their gateways' }),
    netmask: param.string({ about: 'not in basic zones, where ranges bring their netmasks' }),
    startip: param.string({ about: 'not in basic zones, where createVlanIpRange adds the addresses' }),
    endip: param.string({ about: 'not in basic zones, where createVlanIpRange adds the addresses' }),
  },
  returns: networkView,
  async execute({ zoneid: zone, networkofferingid: offering, ...args }, { tx, caller, clock }) {
    assertPossible(zone, offering);
    if (caller.role !== 'Admin') throw problem('denied', 'shared networks are created by root administrators: ask one');
    if (offering.state !== 'Enabled')
      throw problem('invalid', `network offering ${offering.name} is disabled: enable it with updateNetworkOffering or choose another`);
    const ownRange = (['gateway', 'netmask', 'startip', 'endip'] as const).find((name) => args[name] !== undefined);
    if (ownRange)
      throw problem(
        'invalid',
        `${ownRange} is not for the network of a basic zone: leave it out and add ranges per pod with createVlanIpRange`,
      );
    if (parseVlan(args.vlan) !== untagged)
      throw problem('invalid', `vlan ${args.vlan} is not possible in a basic zone, whose network is untagged: leave it out`);
    const owner = (['account', 'projectid'] as const).find((name) => args[name] !== undefined);
    if (owner)
      throw problem(
        'invalid',
        `${owner} is not for the shared network of a basic zone, which everyone uses: leave it out or limit it by domainid`,
      );
    if (args.acltype === 'Account')
      throw problem('invalid', 'acltype Account is for isolated networks: the shared network of a basic zone belongs to a domain');
    await lockZone(tx, zone);
    await refuseSecondNetwork(tx, zone);
    const wire = await guestWire(tx, zone, args.physicalnetworkid);
    await assertProvided(tx, wire, offering);
    const network = tx.create(Network, {
      uuid: randomUUID(),
      zoneId: zone.id,
      physicalNetworkId: wire.id,
      networkOfferingId: offering.id,
      name: parseDisplayName(args.name, 'name'),
      displayText: args.displaytext ?? args.name,
      trafficType: 'Guest',
      guestType: 'Shared',
      state: networkLifecycle.next(networkInitialState, 'setUp')!,
      networkDomain: optional(args.networkdomain, 'networkdomain', parseNetworkDomain),
      dns1: optional(args.dns1, 'dns1', parseDnsServer),
      dns2: optional(args.dns2, 'dns2', parseDnsServer),
      aclType: 'Domain',
      subdomainAccess: args.subdomainaccess ?? true,
      domainId: args.domainid?.id ?? zone.domainId,
      displayNetwork: args.displaynetwork ?? true,
      created: clock.now(),
    });
    await tx.insert(Network, network);
    return rowById(networkSource, tx, network.id);
  },
});

function assertPossible(zone: Zone, offering: NetworkOffering): void {
  if (offering.isSystem) throw problem('invalid', `network offering ${offering.name} is for the system's own networks: choose another`);
  if (offering.guestType !== 'Shared')
    throw problem(
      'invalid',
      `${offering.guestType} networks need virtual routers, which this version does not have: choose an offering with guestiptype=Shared`,
    );
  if (zone.networkType !== 'Basic')
    throw problem(
      'invalid',
      `zone ${zone.name} is an advanced zone, whose guest networks need virtual routers; this version has them not: use a basic zone`,
    );
}

async function refuseSecondNetwork(tx: EntityManager, zone: Zone): Promise<void> {
  const rows = await tx.query<{ name: string }[]>("SELECT name FROM network WHERE zone_id = ? AND traffic_type = 'Guest'", [zone.id]);
  if (rows[0])
    throw problem('invalid', `basic zone ${zone.name} has its guest network already (${rows[0].name}): add address ranges to that one`);
}

/** The physical network that carries the zone's guest traffic and is enabled. */
async function guestWire(tx: EntityManager, zone: Zone, wanted: PhysicalNetwork | undefined): Promise<{ id: number; name: string }> {
  if (wanted && wanted.zoneId !== zone.id)
    throw problem('invalid', `physical network ${wanted.name} is not in zone ${zone.name}: give one of that zone`);
  const wires = await tx.query<{ id: number; name: string; state: string }[]>(
    "SELECT p.id, p.name, p.state FROM physical_network p JOIN traffic_type t ON t.physical_network_id = p.id AND t.kind = 'Guest' WHERE p.zone_id = ? ORDER BY p.id",
    [zone.id],
  );
  const possible = wires.filter(({ id }) => !wanted || id === wanted.id);
  if (possible.length === 0)
    throw problem(
      'invalid',
      `${wanted ? `physical network ${wanted.name}` : `no physical network of zone ${zone.name}`} carries Guest traffic${wanted ? ' not' : ''}: add it with addTrafficType`,
    );
  const enabled = possible.filter(({ state }) => state === 'Enabled');
  if (enabled.length === 0)
    throw problem('invalid', `physical network ${possible[0]!.name} is disabled: enable it with updatePhysicalNetwork state=Enabled`);
  if (enabled.length > 1)
    throw problem(
      'invalid',
      `several physical networks of zone ${zone.name} carry Guest traffic (${enabled.map(({ name }) => name).join(', ')}): say which by physicalnetworkid`,
    );
  return enabled[0]!;
}

/** Every provider of the offering must be enabled on the wire. */
async function assertProvided(tx: EntityManager, wire: { id: number; name: string }, offering: NetworkOffering): Promise<void> {
  const wanted = JSON.parse(offering.services) as OfferedService[];
  const rows = await tx.query<{ name: string; state: string; services: string }[]>(
    'SELECT name, state, services FROM network_service_provider WHERE physical_network_id = ?',
    [wire.id],
  );
  for (const { name, providers } of wanted) {
    const able = rows.filter((row) => providers.includes(row.name) && row.services.split(',').includes(name));
    if (able.some(({ state }) => state === 'Enabled')) continue;
    throw problem(
      'invalid',
      `service ${name} of offering ${offering.name} has no enabled provider on physical network ${wire.name}: enable ${providers.join(' or ')} with updateNetworkServiceProvider state=Enabled`,
    );
  }
}
