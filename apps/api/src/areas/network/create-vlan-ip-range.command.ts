// createVlanIpRange
import { formatIpv4, problem } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { Pod } from '../zone/pod.entity.ts';
import { assertInZone, lockZone } from '../zone/zone-parameters.ts';
import { rangesOfZone, validateNewZoneRange } from '../zone/zone-ranges.ts';
import { Zone } from '../zone/zone.entity.ts';
import { Network } from './network.entity.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { addAddresses } from './range-addresses.ts';
import { systemNetworkOf } from './system-networks.ts';
import { parseVlan, untagged } from './vlan-numbers.ts';
import { VlanIpRange } from './vlan-ip-range.entity.ts';
import { vlanIpRangeSource, vlanIpRangeView } from './vlan-ip-range.view.ts';

export const createVlanIpRange = command({
  name: 'createVlanIpRange',
  about: 'Adds a range of addresses: for guests of a pod in a basic zone, or public ones in an advanced zone.',
  roles: adminRoles,
  event: 'VLAN.IP.RANGE.CREATE',
  since: '1.0',
  item: 'vlan',
  params: {
    zoneid: param.ref(Zone, { access: 'operate', about: 'the zone; known already by podid or networkid' }),
    podid: param.ref(Pod, { access: 'operate', about: 'basic zones: the pod whose machines get these addresses' }),
    networkid: param.ref(Network, { access: 'operate', about: 'the network; the guest network of the zone when absent' }),
    physicalnetworkid: param.ref(PhysicalNetwork, {
      access: 'operate',
      about: 'the physical network, when neither zone nor network is given',
    }),
    forvirtualnetwork: param.boolean({ about: 'true: public addresses; false: addresses of guests' }),
    gateway: param.string({ required: true, about: 'gateway of the range' }),
    netmask: param.string({ required: true, about: 'netmask of the range' }),
    startip: param.string({ required: true, about: 'first address' }),
    endip: param.string({ about: 'last address; the first when absent' }),
    account: param.string({ about: 'not possible yet: ranges serve every account' }),
    domainid: param.uuid({ about: 'not possible yet: ranges serve every domain' }),
    vlan: param.string({ about: 'untagged or a VLAN number; basic zones are untagged' }),
  },
  returns: vlanIpRangeView,
  async execute(args, { tx, clock }) {
    const owner = (['account', 'domainid'] as const).find((name) => args[name] !== undefined);
    if (owner)
      throw problem(
        'invalid',
        `${owner} would keep the range for one owner, which is not possible yet: leave it out, the range serves everyone`,
      );
    const zone = await zoneOf(tx, args);
    await lockZone(tx, zone);
    const vlan = parseVlan(args.vlan);
    const target = isPublic(args)
      ? await publicTarget(tx, zone, args.podid)
      : await guestTarget(tx, zone, args.networkid, args.podid, vlan);
    const addresses = validateNewZoneRange(
      { gateway: args.gateway, netmask: args.netmask, startIp: args.startip, endIp: args.endip },
      vlan,
      await rangesOfZone(tx, zone.id),
    );
    const range = tx.create(VlanIpRange, {
      uuid: randomUUID(),
      zoneId: zone.id,
      ...target,
      vlan,
      gateway: args.gateway,
      netmask: args.netmask,
      startIp: formatIpv4(addresses.start),
      endIp: formatIpv4(addresses.end),
      created: clock.now(),
    });
    await tx.insert(VlanIpRange, range);
    if (!target.forVirtualNetwork) await addAddresses(tx, range, addresses);
    return rowById(vlanIpRangeSource, tx, range.id);
  },
});

interface Where {
  readonly zoneid?: Zone | undefined;
  readonly podid?: Pod | undefined;
  readonly networkid?: Network | undefined;
  readonly physicalnetworkid?: PhysicalNetwork | undefined;
  readonly forvirtualnetwork?: boolean | undefined;
}

type Target = Pick<VlanIpRange, 'networkId' | 'podId' | 'physicalNetworkId' | 'forVirtualNetwork'>;

/** Guests unless it is said or the place leaves no doubt. */
function isPublic({ forvirtualnetwork, networkid, podid }: Where): boolean {
  if (networkid) return networkid.trafficType === 'Public';
  return forvirtualnetwork ?? podid === undefined;
}

async function zoneOf(tx: EntityManager, { zoneid, podid, networkid, physicalnetworkid }: Where): Promise<Zone> {
  const zoneId = zoneid?.id ?? podid?.zoneId ?? networkid?.zoneId ?? physicalnetworkid?.zoneId;
  if (zoneId === undefined) throw problem('invalid', 'nothing says where the range belongs: send zoneid, podid or networkid');
  const zone = zoneid ?? (await tx.findOneByOrFail(Zone, { id: zoneId }));
  if (podid) assertInZone('pod', podid, zone);
  if (networkid) assertInZone('network', networkid, zone);
  if (physicalnetworkid) assertInZone('physical network', physicalnetworkid, zone);
  return zone;
}

async function publicTarget(tx: EntityManager, zone: Zone, pod: Pod | undefined): Promise<Target> {
  if (zone.networkType === 'Basic')
    throw problem(
      'invalid',
      `zone ${zone.name} is a basic zone, whose machines have guest addresses only: send forvirtualnetwork=false and a podid`,
    );
  if (pod) throw problem('invalid', 'podid is for guest ranges of basic zones: public addresses belong to the whole zone, leave it out');
  const network = await systemNetworkOf(tx, zone.id, 'Public');
  if (network.physicalNetworkId === null)
    throw problem('invalid', `no physical network of zone ${zone.name} carries Public traffic: add it with addTrafficType`);
  return { networkId: network.id, podId: null, physicalNetworkId: network.physicalNetworkId, forVirtualNetwork: true };
}

async function guestTarget(
  tx: EntityManager,
  zone: Zone,
  wanted: Network | undefined,
  pod: Pod | undefined,
  vlan: string,
): Promise<Target> {
  if (zone.networkType !== 'Basic')
    throw problem(
      'invalid',
      `zone ${zone.name} is an advanced zone: only public ranges can be added there in this version (forvirtualnetwork=true)`,
    );
  if (!pod) throw problem('invalid', 'podid is missing: in a basic zone each guest range belongs to a pod');
  if (vlan !== untagged) throw problem('invalid', `vlan ${vlan} is not possible in a basic zone, whose network is untagged: leave it out`);
  if (wanted && wanted.trafficType !== 'Guest')
    throw problem('invalid', `network ${wanted.name} carries ${wanted.trafficType} traffic: give the guest network of the zone`);
  const network = wanted ?? (await tx.findOneBy(Network, { zoneId: zone.id, trafficType: 'Guest' }));
  if (!network) throw problem('invalid', `zone ${zone.name} has no guest network yet: create it with createNetwork`);
  return { networkId: network.id, podId: pod.id, physicalNetworkId: network.physicalNetworkId, forVirtualNetwork: false };
}
