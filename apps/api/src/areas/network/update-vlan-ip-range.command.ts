// updateVlanIpRange
import { formatIpv4, parseIpv4, problem } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { rangesOfZone, validateZoneRange } from '../zone/zone-ranges.ts';
import { addAddresses, removeAddresses } from './range-addresses.ts';
import { VlanIpRange } from './vlan-ip-range.entity.ts';
import { vlanIpRangeSource, vlanIpRangeView } from './vlan-ip-range.view.ts';

export const updateVlanIpRange = command({
  name: 'updateVlanIpRange',
  about: 'Makes an address range longer or shorter; addresses that machines have stay in it.',
  roles: adminRoles,
  event: 'VLAN.IP.RANGE.UPDATE',
  since: '1.0',
  item: 'vlan',
  params: {
    id: param.ref(VlanIpRange, { required: true, access: 'operate', about: 'the range' }),
    gateway: param.string({ about: 'its gateway' }),
    netmask: param.string({ about: 'its netmask' }),
    startip: param.string({ about: 'its first address' }),
    endip: param.string({ about: 'its last address' }),
  },
  returns: vlanIpRangeView,
  async execute({ id: range, ...args }, { tx }) {
    await tx.query('SELECT id FROM zone WHERE id = ? FOR UPDATE', [range.zoneId]);
    const others = (await rangesOfZone(tx, range.zoneId)).filter(({ kind, id }) => kind === 'pod' || kind === 'storage' || id !== range.id);
    const subnet = { gateway: args.gateway ?? range.gateway, netmask: args.netmask ?? range.netmask };
    const wanted = validateZoneRange(
      { ...subnet, startIp: args.startip ?? range.startIp, endIp: args.endip ?? range.endIp },
      range.vlan,
      others,
    );
    const before = { start: parseIpv4(range.startIp, 'startip'), end: parseIpv4(range.endIp, 'endip') };
    if (wanted.start > before.end || wanted.end < before.start)
      throw problem('invalid', 'startip to endip share no address with the present range: create another range instead');
    if (!range.forVirtualNetwork) {
      await removeAddresses(tx, range.id, wanted);
      if (wanted.start < before.start) await addAddresses(tx, range, { start: wanted.start, end: before.start - 1 });
      if (wanted.end > before.end) await addAddresses(tx, range, { start: before.end + 1, end: wanted.end });
    }
    await tx.update(VlanIpRange, range.id, { ...subnet, startIp: formatIpv4(wanted.start), endIp: formatIpv4(wanted.end) });
    return rowById(vlanIpRangeSource, tx, range.id);
  },
});
