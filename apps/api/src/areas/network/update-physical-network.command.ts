// updatePhysicalNetwork
import { parseTags, problem } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { physicalNetworkView } from './physical-network.view.ts';
import { changePhysicalNetwork } from './update-physical-network.saga.ts';
import { parseVlanRanges } from './vlan-numbers.ts';

export const updatePhysicalNetwork = command({
  name: 'updatePhysicalNetwork',
  about: 'Changes a physical network; enables or disables it.',
  roles: adminRoles,
  async: true,
  event: 'PHYSICAL.NETWORK.UPDATE',
  since: '1.0',
  params: {
    id: param.ref(PhysicalNetwork, { required: true, access: 'operate', about: 'the physical network' }),
    state: param.enum(['Enabled', 'Disabled'], { about: 'whether networks may use it; disabling is refused while guest networks do' }),
    vlan: param.string({ about: 'advanced zones: VLANs for isolated networks, such as 100-199,300-399' }),
    networkspeed: param.string({ maxLength: 64, about: 'its speed, such as 10G' }),
    tags: param.strings({ about: 'offerings with such a tag choose it' }),
  },
  returns: physicalNetworkView,
  async execute({ id: network, ...args }, { tx, jobs }) {
    if (args.vlan !== undefined) {
      const zones = await tx.query<{ networkType: string }[]>('SELECT network_type AS networkType FROM zone WHERE id = ?', [
        network.zoneId,
      ]);
      if (zones[0]?.networkType === 'Basic')
        throw problem('invalid', 'vlan is for advanced zones: the physical network of a basic zone carries untagged traffic, leave it out');
    }
    return jobs.start(
      changePhysicalNetwork,
      {
        physicalNetworkId: network.id,
        state: args.state,
        vlan: args.vlan === undefined ? undefined : parseVlanRanges(args.vlan),
        networkSpeed: args.networkspeed,
        tags: args.tags === undefined ? undefined : parseTags(args.tags.join(','), 'tags').join(','),
      },
      { subject: { type: 'PhysicalNetwork', id: network.id, uuid: network.uuid } },
    );
  },
});
