// What a difference means in plain words, and what an operator can do about it.
import type { Difference } from './difference.ts';

export interface Advice {
  /** Names the kind of difference for people. */
  readonly title: string;
  readonly remedy: string;
}

const defect = 'nothing that runs is in danger, but this is a defect of the server: report it with what ./strata logs shows';

/** By the name of the check; a function where the way out depends on what was found. */
const advice: Readonly<Record<string, { readonly title: string; readonly remedy: string | ((difference: Difference) => string) }>> = {
  'I1.jobs': {
    title: 'Job that does not go on',
    remedy: ({ found }) =>
      found.startsWith('stuck')
        ? 'listAsyncJobs names the cause: repair it, then call resumeAsyncJob'
        : 'wait a minute, then restart the management server (./strata down, ./strata up): it takes such jobs up',
  },
  'I2.states': {
    title: 'Object on its way without a job',
    remedy:
      'repeat the call that was under way, or stop, destroy or delete it; when that is refused, report it with what ./strata logs shows',
  },
  'I3.machines': { title: 'Machine', remedy: machineRemedy },
  hosts: {
    title: 'Host that can not be asked',
    remedy: ({ subject }) =>
      `./strata doctor ${subject.replace(/^host /, 'root@')} tells why: repair it, then call reconnectHost. Its machines and mounts were not compared, nor storage that only it reaches`,
  },
  'I4.primary-files': { title: 'File on primary storage', remedy: fileRemedy },
  'I10.secondary-files': { title: 'File on secondary storage', remedy: fileRemedy },
  'I5.addresses': { title: 'Guest address', remedy: defect },
  'I6.macs': {
    title: 'MAC address used twice',
    remedy: 'end one of the machines (expunge it, then deploy it again) before both disturb the network',
  },
  'I7.capacity': { title: 'Capacity in the books', remedy: defect },
  'I7.leftovers': { title: 'Capacity in the books', remedy: defect },
  'I9.mounts': {
    title: 'Mount on a host',
    remedy: ({ expected, subject }) =>
      expected === 'not mounted'
        ? `no storage of the cloud is mounted there any more: on the host, umount /mnt/${subject.split(' ').at(-1)}`
        : 'call reconnectHost for the host: it mounts what is missing; a wrong mount has to be taken off on the host first (umount)',
  },
  'I9.filters': {
    title: 'Filter of a guest on a host',
    remedy:
      'within half a minute the server loads or removes it by itself; if not, an alert tells why the host refuses (./strata doctor root@HOST)',
  },
  'I9.cards': { title: 'Network card of a guest on a host', remedy: cardRemedy },
  'I11.guests-of-routers': {
    title: 'Guest of a virtual router',
    remedy: 'within half a minute the server tells the router by itself; if not, call restartNetwork for the network of the guest',
  },
  'I12.consoles': { title: 'Console that outlived its machine or login', remedy: defect },
  more: { title: 'More differences', remedy: 'repair these first, then run ./strata verify again' },
};

export function adviceOn(difference: Difference): Advice {
  const { title, remedy } = advice[difference.check] ?? { title: difference.check, remedy: defect };
  return { title, remedy: typeof remedy === 'string' ? remedy : remedy(difference) };
}

function machineRemedy({ expected, found }: Difference): string {
  if (expected === 'known to the database')
    return 'the cloud leaves it alone: if nobody needs it, end it on that host (virsh destroy, virsh undefine)';
  if (found.startsWith('it is called')) return 'somebody renamed it: stop and start the machine';
  if (found.includes(' and '))
    return 'two copies damage the disk: end the one on the host that was not expected at once (virsh destroy there)';
  if (found === 'runs on no host') return 'within a minute it becomes Stopped by itself; then startVirtualMachine brings it back';
  return 'within a minute its record follows; if not, stop it with stopVirtualMachine forced=true, or end it on the host (virsh destroy)';
}

function fileRemedy({ expected, found }: Difference): string {
  if (expected === 'its files can be listed')
    return 'no host could look: bring a host of its zone Up (./strata doctor root@HOST), and check the export with ./strata doctor nfs://SERVER/PATH';
  if (expected === 'no such file') return 'the cloud leaves it alone: delete it on the storage if you know that nobody needs it';
  if (found === 'missing')
    return 'bring it back from a backup of the storage; without one, expunge the machine (or delete the template) and make it again';
  return 'somebody or something changed this file: bring it back from a backup of the storage; without one, expunge the machine and deploy it again';
}

function cardRemedy({ expected }: Difference): string {
  if (expected === 'no such interface')
    return 'a machine that the cloud does not have there uses the name of a guest: end it on that host (virsh list, virsh destroy)';
  return 'stop and start the machine: it gets its card anew';
}
