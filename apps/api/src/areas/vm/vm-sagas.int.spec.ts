// Every saga of virtual machines: each step may run twice, each failure and each undo leaves no trace in rows or on hosts (F09).
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Params } from '../../../test/harness/api-client.ts';
import { playRound, roundsOf, type SagaRig } from '../../../test/harness/check-saga.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';
import { simulatedFiles, simulatedMounts } from '../../../test/harness/simulated-files.ts';
import { deployVm, registerVm } from './deploy-vm.saga.ts';
import { destroyAndExpungeVm, destroyVm, expungeVm } from './destroy-vm.saga.ts';
import { rebootVm } from './reboot-vm.saga.ts';
import { startVm } from './start-vm.saga.ts';
import { stopVm } from './stop-vm.saga.ts';

let cloud: Cloud;
let dataDisk: Params;

beforeAll(async () => {
  cloud = await startCloud({ hosts: 1 });
  const [offering] = await cloud.server.admin.list('listDiskOfferings', { name: 'Small' });
  dataDisk = { diskofferingid: String(offering!['id']) };
  // The pool has the template from here on.
  await cloud.deploy();
});
afterAll(() => cloud.stop());

const rows = (sql: string) => cloud.server.dataSource.query<Record<string, unknown>[]>(sql);

/** All that machines hold, without ids: rounds are compared with each other. */
async function fingerprint(): Promise<string> {
  cloud.fleet.catchUp();
  const hosts = await rows('SELECT address FROM host');
  const world = {
    machines: await rows('SELECT state, host_id, last_host_id, cpu_count, memory_mib FROM virtual_machine ORDER BY id'),
    volumes: await rows('SELECT type, state, size_bytes, pool_id, vm_id IS NULL AS detached FROM volume ORDER BY id'),
    cards: await rows('SELECT device_id, ip, range_id FROM nic ORDER BY id'),
    userData: await rows('SELECT LENGTH(user_data) AS length FROM vm_user_data'),
    addresses: await rows("SELECT ip, nic_id IS NULL AS loose FROM guest_address WHERE state <> 'Free' OR nic_id IS NOT NULL"),
    capacity: await rows('SELECT reserved_cpu_mhz, reserved_memory_mib FROM host_capacity'),
    pools: await rows('SELECT reserved_bytes FROM storage_pool'),
    copies: await rows('SELECT state FROM template_copy'),
    files: simulatedFiles(cloud.server),
    mounts: simulatedMounts(cloud.server),
    groups: await rows('SELECT COUNT(*) AS members FROM vm_security_group'),
    filters: hosts.map(({ address }) => cloud.fleet.findHost(String(address))?.filters?.size ?? 0),
    onHosts: hosts.flatMap(({ address }) =>
      [...(cloud.fleet.findHost(String(address))?.machines?.values() ?? [])].map(({ power }) => power),
    ),
  };
  return JSON.stringify(world, undefined, 1).replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>');
}

/** Rounds share the cloud: what the one before has left is taken away first. */
async function tidy(): Promise<void> {
  const { admin } = cloud.server;
  for (const { id, state } of await admin.list('listVirtualMachines', { listall: true })) {
    await (state === 'Expunging'
      ? admin.run('expungeVirtualMachine', { id: String(id) })
      : admin.run('destroyVirtualMachine', { id: String(id), expunge: true }));
  }
  for (const { uuid } of await rows('SELECT uuid FROM volume')) await admin.call('deleteVolume', { id: String(uuid) });
}

async function rig(command: string, prepare: () => Promise<Params>): Promise<SagaRig> {
  await tidy();
  const params = await prepare();
  return {
    failpoints: cloud.server.failpoints,
    start: async () => String((await cloud.server.admin.call(command, params))['jobid']),
    end: async (jobUuid) => (await cloud.server.runtime.awaiter.whenDone(jobUuid, 20_000)).state,
    fingerprint,
    close: async () => cloud.server.failpoints.set(''),
  };
}

const deployment = (): Params => ({
  zoneid: cloud.zone.zoneId,
  templateid: cloud.templateId,
  serviceofferingid: cloud.offeringId,
  userdata: 'aGk=',
  ...dataDisk,
});
const deployed = async (params: Params = {}): Promise<Params> => ({ id: String((await cloud.deploy({ ...dataDisk, ...params }))['id']) });
const registered = () => deployed({ startvm: false });
const after = async (command: string): Promise<Params> => {
  const vm = await deployed();
  await cloud.server.admin.run(command, vm);
  return vm;
};

const cases = [
  { title: 'deployVirtualMachine', saga: deployVm, irreversible: [], makeRig: () => rig('deployVirtualMachine', async () => deployment()) },
  {
    title: 'deployVirtualMachine with startvm=false',
    saga: registerVm,
    irreversible: [],
    makeRig: () => rig('deployVirtualMachine', async () => ({ ...deployment(), startvm: false })),
  },
  {
    title: 'startVirtualMachine that ran before',
    saga: startVm,
    irreversible: [],
    makeRig: () => rig('startVirtualMachine', () => after('stopVirtualMachine')),
  },
  {
    title: 'startVirtualMachine for the first time',
    saga: startVm,
    irreversible: [],
    makeRig: () => rig('startVirtualMachine', registered),
  },
  // Power that is off stays off: the row follows the host then.
  { title: 'stopVirtualMachine', saga: stopVm, irreversible: ['machine'], makeRig: () => rig('stopVirtualMachine', deployed) },
  { title: 'rebootVirtualMachine', saga: rebootVm, irreversible: [], makeRig: () => rig('rebootVirtualMachine', deployed) },
  {
    title: 'destroyVirtualMachine that runs',
    saga: destroyVm,
    irreversible: ['machine'],
    makeRig: () => rig('destroyVirtualMachine', deployed),
  },
  {
    title: 'destroyVirtualMachine that never ran',
    saga: destroyVm,
    irreversible: [],
    makeRig: () => rig('destroyVirtualMachine', registered),
  },
  {
    title: 'destroyVirtualMachine with expunge',
    saga: destroyAndExpungeVm,
    irreversible: ['machine'],
    makeRig: () => rig('destroyVirtualMachine', async () => ({ ...(await deployed()), expunge: true })),
  },
  {
    title: 'expungeVirtualMachine',
    saga: expungeVm,
    irreversible: ['disks'],
    makeRig: () => rig('expungeVirtualMachine', () => after('destroyVirtualMachine')),
  },
];

describe.each(cases)('$title', ({ saga, irreversible, makeRig }) => {
  const rounds = roundsOf(saga, irreversible);
  // A saga without steps is its request alone.
  if (rounds.length === 0)
    it('leaves what the request has written', () => playRound({ title: 'nothing fails', failpoint: '', expected: 'done' }, makeRig));
  else it.each(rounds)('$title', (round) => playRound(round, makeRig));
});
