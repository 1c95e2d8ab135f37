// createPhysicalNetwork
import { parseDisplayName, parseTags, physicalNetworkInitialState, problem } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { Domain } from '../account/domain.entity.ts';
import { lockZone } from '../zone/zone-parameters.ts';
import { Zone } from '../zone/zone.entity.ts';
import { addProviders } from './add-providers.saga.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { physicalNetworkView } from './physical-network.view.ts';
import { parseVlanRanges } from './vlan-numbers.ts';

export const createPhysicalNetwork = command({
  name: 'createPhysicalNetwork',
  about:
    'Creates a physical network: a wire, with or without VLANs, that carries traffic of a zone. Its service providers are disabled at first.',
  roles: adminRoles,
  async: true,
  creates: true,
  event: 'PHYSICAL.NETWORK.CREATE',
  since: '1.0',
  params: {
    zoneid: param.ref(Zone, { required: true, access: 'operate', about: 'the zone' }),
    name: param.string({ required: true, about: 'its name, unique in the zone' }),
    vlan: param.string({ about: 'advanced zones: VLANs for isolated networks, such as 100-199,300-399' }),
    isolationmethods: param.strings({
      about: 'how networks on it are kept apart: VLAN; in basic zones also L3, which is by filters on addresses',
    }),
    networkspeed: param.string({ maxLength: 64, about: 'its speed, such as 10G' }),
    tags: param.strings({ about: 'offerings with such a tag choose it' }),
    broadcastdomainrange: param.enum(['POD', 'ZONE'], { about: 'whether its broadcasts reach a pod or the zone' }),
    domainid: param.ref(Domain, { access: 'use', about: 'advanced zones: keep it for this domain' }),
  },
  returns: physicalNetworkView,
  async execute({ zoneid: zone, ...args }, { tx, clock, jobs }) {
    await lockZone(tx, zone);
    const basic = zone.networkType === 'Basic';
    if (basic && args.vlan !== undefined)
      throw problem('invalid', 'vlan is for advanced zones: the physical network of a basic zone carries untagged traffic, leave it out');
    if (basic && args.domainid !== undefined) throw problem('invalid', 'domainid is for advanced zones: leave it out');
    const isolationMethods = args.isolationmethods?.map((method) => method.toUpperCase()) ?? [];
    const possible = basic ? ['VLAN', 'L3'] : ['VLAN'];
    const odd = isolationMethods.find((method) => !possible.includes(method));
    if (odd !== undefined)
      throw problem('invalid', `isolationmethods "${odd}" is not supported: networks are kept apart by ${possible.join(' or ')}`);
    const network = tx.create(PhysicalNetwork, {
      uuid: randomUUID(),
      zoneId: zone.id,
      name: parseDisplayName(args.name, 'name'),
      state: physicalNetworkInitialState,
      vlan: args.vlan === undefined ? null : parseVlanRanges(args.vlan),
      isolationMethods: isolationMethods.join(','),
      networkSpeed: args.networkspeed ?? null,
      tags: parseTags(args.tags?.join(','), 'tags').join(','),
      broadcastDomainRange: args.broadcastdomainrange ?? (basic ? 'POD' : 'ZONE'),
      domainId: args.domainid?.id ?? null,
      created: clock.now(),
    });
    await unlessTaken(
      tx.insert(PhysicalNetwork, network),
      `zone ${zone.name} already has a physical network named ${network.name}: choose another name`,
    );
    return jobs.start(
      addProviders,
      { physicalNetworkId: network.id },
      { subject: { type: 'PhysicalNetwork', id: network.id, uuid: network.uuid }, fresh: true },
    );
  },
});
