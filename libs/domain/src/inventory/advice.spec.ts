// Every difference has a name for people and a way out that fits what was found.
import { expect, it } from 'vitest';
import { adviceOn } from './advice.ts';

it.each([
  ['I1.jobs', 'ended', 'stuck: its undo failed', /resumeAsyncJob/],
  ['I1.jobs', 'ended', 'running, but no server has it', /restart the management server/],
  ['I2.states', 'a running job while it is Starting', 'no job', /repeat the call/],
  ['I3.machines', 'known to the database', 'runs on host kvm1, which nobody asked for', /virsh destroy/],
  ['I3.machines', 'runs on kvm1', 'runs on kvm1 and kvm2', /damage the disk/],
  ['I3.machines', 'runs on kvm1', 'runs on no host', /startVirtualMachine/],
  ['I3.machines', 'runs on no host (Stopped)', 'runs on kvm1', /forced=true/],
  ['I3.machines', 'i-2-7-VM', 'it is called x on host kvm1', /renamed/],
  ['hosts', 'it answers', 'timed out', /reconnectHost/],
  ['I4.primary-files', 'no such file', 'a file that belongs to nothing', /delete it/],
  ['I4.primary-files', 'there', 'missing', /backup/],
  ['I10.secondary-files', 'its files can be listed', 'no host reaches it', /bring a host of its zone Up/],
  ['I9.mounts', 'nfs://n/p', 'not mounted', /reconnectHost/],
  ['I9.mounts', 'not mounted', 'nfs://n/p', /umount \/mnt\/7d1f$/],
  ['I7.capacity', '512 MiB promised', 'nothing noted', /report it/],
])('%s: expected %s, found %s', (check, expected, found, remedy) => {
  const advice = adviceOn({ check, subject: 'host kvm1, mount 7d1f', expected, found });
  expect(advice.remedy).toMatch(remedy);
  expect(advice.title).not.toBe(check);
});
