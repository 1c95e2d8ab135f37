// updatePod
import { cidrContains, findIpv4, formatCidr, formatIpv4, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { refuseStrandedSystemVms } from '../system-vm/system-addresses.ts';
import { Pod } from './pod.entity.ts';
import { podSource, podView } from './pod.view.ts';
import { allocationStateParam, parseName } from './zone-parameters.ts';
import { cidrOfRange, rangesOfZone, validateZoneRange } from './zone-ranges.ts';

export const updatePod = command({
  name: 'updatePod',
  about: 'Changes a pod; enables or disables it for new machines.',
  roles: adminRoles,
  event: 'POD.EDIT',
  since: '1.0',
  params: {
    id: param.ref(Pod, { required: true, access: 'operate', about: 'the pod' }),
    name: param.string({ about: 'the new name' }),
    gateway: param.string({ about: 'gateway of the hosts' }),
    netmask: param.string({ about: 'netmask of the hosts' }),
    startip: param.string({ about: 'first address that system machines may get' }),
    endip: param.string({ about: 'last such address' }),
    allocationstate: allocationStateParam,
  },
  returns: podView,
  async execute({ id: pod, ...args }, { tx }) {
    await tx.query('SELECT id FROM zone WHERE id = ? FOR UPDATE', [pod.zoneId]);
    const subnet = { gateway: args.gateway ?? pod.gateway, netmask: args.netmask ?? pod.netmask };
    const others = (await rangesOfZone(tx, pod.zoneId)).filter(({ kind, id }) => kind !== 'pod' || id !== pod.id);
    const range = validateZoneRange(
      { ...subnet, startIp: args.startip ?? pod.startIp, endIp: args.endip ?? pod.endIp },
      'untagged',
      others,
    );
    await refuseStrandedHosts(tx, pod, subnet);
    await refuseStrandedSystemVms(tx, pod, range);
    const changes = changesOf<Pod>({
      name: args.name === undefined ? undefined : parseName(args.name),
      ...subnet,
      startIp: formatIpv4(range.start),
      endIp: formatIpv4(range.end),
      allocationState: args.allocationstate,
    });
    if (changes)
      await unlessTaken(tx.update(Pod, pod.id, changes), `the zone already has a pod named ${changes.name}: choose another name`);
    return rowById(podSource, tx, pod.id);
  },
});

/** Hosts whose address is known as a number must stay inside the subnet. */
async function refuseStrandedHosts(tx: EntityManager, pod: Pod, subnet: { gateway: string; netmask: string }): Promise<void> {
  const cidr = cidrOfRange(subnet);
  const hosts = await tx.query<{ name: string; address: string }[]>('SELECT name, address FROM host WHERE pod_id = ?', [pod.id]);
  const outside = hosts.find(({ address }) => {
    const ip = findIpv4(address);
    return ip !== undefined && !cidrContains(cidr, ip);
  });
  if (outside)
    throw problem(
      'invalid',
      `host ${outside.name} (${outside.address}) of pod ${pod.name} would lie outside the subnet ${formatCidr(cidr)}: choose gateway and netmask that include it`,
    );
}
