// createStorageNetworkIpRange
import { formatIpv4 } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Pod } from '../zone/pod.entity.ts';
import { rangesOfZone, validateNewZoneRange } from '../zone/zone-ranges.ts';
import { useStorageNetwork } from './create-storage-network-ip-range.saga.ts';
import { StorageIpRange } from './storage-ip-range.entity.ts';
import { storageIpRangeView } from './storage-ip-range.view.ts';
import { systemNetworkOf } from './system-networks.ts';
import { parseVlan, untagged } from './vlan-numbers.ts';

export const createStorageNetworkIpRange = command({
  name: 'createStorageNetworkIpRange',
  about: 'Adds a range of addresses for storage traffic of a pod.',
  roles: adminRoles,
  async: true,
  event: 'STORAGE.IP.RANGE.CREATE',
  since: '1.0',
  params: {
    podid: param.ref(Pod, { required: true, access: 'operate', about: 'the pod' }),
    gateway: param.string({ required: true, about: 'gateway of the range' }),
    netmask: param.string({ required: true, about: 'netmask of the range' }),
    startip: param.string({ required: true, about: 'first address' }),
    endip: param.string({ about: 'last address; the first when absent' }),
    vlan: param.integer({ about: 'VLAN of storage traffic; untagged when absent' }),
  },
  returns: storageIpRangeView,
  async execute({ podid: pod, ...args }, { tx, clock, jobs }) {
    await tx.query('SELECT id FROM zone WHERE id = ? FOR UPDATE', [pod.zoneId]);
    const vlan = parseVlan(args.vlan?.toString());
    const addresses = validateNewZoneRange(
      { gateway: args.gateway, netmask: args.netmask, startIp: args.startip, endIp: args.endip },
      vlan,
      await rangesOfZone(tx, pod.zoneId),
    );
    const range = tx.create(StorageIpRange, {
      uuid: randomUUID(),
      zoneId: pod.zoneId,
      podId: pod.id,
      networkId: (await systemNetworkOf(tx, pod.zoneId, 'Storage')).id,
      vlan: vlan === untagged ? null : Number(vlan),
      gateway: args.gateway,
      netmask: args.netmask,
      startIp: formatIpv4(addresses.start),
      endIp: formatIpv4(addresses.end),
      created: clock.now(),
    });
    await tx.insert(StorageIpRange, range);
    return jobs.start(
      useStorageNetwork,
      { rangeId: range.id },
      { subject: { type: 'StorageNetworkIpRange', id: range.id, uuid: range.uuid }, fresh: true },
    );
  },
});
