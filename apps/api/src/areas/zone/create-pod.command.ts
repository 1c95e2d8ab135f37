// createPod
import { cidrOf, formatIpv4, parseIpv4, parseNetmask, podInitialState, usableRange } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { Pod } from './pod.entity.ts';
import { podSource, podView } from './pod.view.ts';
import { allocationStateParam, lockZone, parseName } from './zone-parameters.ts';
import { rangesOfZone, validateNewZoneRange } from './zone-ranges.ts';
import { Zone } from './zone.entity.ts';

export const createPod = command({
  name: 'createPod',
  about: 'Creates a pod: a rack whose hosts share one subnet.',
  roles: adminRoles,
  event: 'POD.CREATE',
  since: '1.0',
  params: {
    zoneid: param.ref(Zone, { required: true, access: 'operate', about: 'the zone that gets the pod' }),
    name: param.string({ required: true, about: 'the name of the pod, unique in its zone' }),
    gateway: param.string({ required: true, about: 'gateway of the hosts' }),
    netmask: param.string({ required: true, about: 'netmask of the hosts' }),
    startip: param.string({ required: true, about: 'first address that system machines may get' }),
    endip: param.string({ about: 'last such address; the end of the subnet when absent' }),
    allocationstate: allocationStateParam,
  },
  returns: podView,
  async execute({ zoneid: zone, ...args }, { tx, clock }) {
    await lockZone(tx, zone);
    const range = validateNewZoneRange(
      { gateway: args.gateway, netmask: args.netmask, startIp: args.startip, endIp: args.endip ?? endOfSubnet(args) },
      'untagged',
      await rangesOfZone(tx, zone.id),
    );
    const pod = tx.create(Pod, {
      uuid: randomUUID(),
      zoneId: zone.id,
      name: parseName(args.name),
      gateway: args.gateway,
      netmask: args.netmask,
      startIp: formatIpv4(range.start),
      endIp: formatIpv4(range.end),
      allocationState: args.allocationstate ?? podInitialState,
      created: clock.now(),
    });
    await unlessTaken(tx.insert(Pod, pod), `zone ${zone.name} already has a pod named ${pod.name}: choose another name`);
    return rowById(podSource, tx, pod.id);
  },
});

/** The last usable address of the subnet, or the one before the gateway where that comes last. */
function endOfSubnet({ gateway, netmask, startip }: { gateway: string; netmask: string; startip: string }): string {
  const router = parseIpv4(gateway, 'gateway');
  const { end } = usableRange(cidrOf(router, parseNetmask(netmask, 'netmask')));
  return formatIpv4(router > parseIpv4(startip, 'startip') ? router - 1 : end);
}
