// Every saga of system machines: each step may run twice, each failure and each undo leaves no trace in rows or on hosts (F09).
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Params } from '../../../test/harness/api-client.ts';
import { playRound, roundsOf, type SagaRig } from '../../../test/harness/check-saga.ts';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { simulatedFiles, simulatedMounts } from '../../../test/harness/simulated-files.ts';
import { startCloudWithSystemVms, systemVms, systemVmsUp } from '../../../test/harness/system-vms.ts';
import { destroySystemMachine } from './destroy-system-vm.saga.ts';
import { migrateSystemMachine } from './migrate-system-vm.saga.ts';
import { rebootSystemMachine } from './reboot-system-vm.saga.ts';
import { startSystemMachine } from './start-system-vm.saga.ts';
import { stopSystemMachine } from './stop-system-vm.saga.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloudWithSystemVms();
  // From here on only the sagas work: reconcilers run when tidy() wakes them.
  await cloud.server.runtime.schedule.stop();
});
afterAll(() => cloud.stop());

const rows = (sql: string) => cloud.server.dataSource.query<Record<string, unknown>[]>(sql);

/** All that machines hold, without ids and places: rounds are compared with each other. */
async function fingerprint(): Promise<string> {
  cloud.fleet.catchUp();
  const hosts = await rows('SELECT address FROM host');
  const world = {
    machines: await rows(
      'SELECT kind, state, agent_state, host_id IS NULL AS off, target_host_id, pool_id, root_bytes, is_stopped_on_request FROM system_vm ORDER BY kind',
    ),
    cards: await rows('SELECT device_id, purpose, space FROM system_nic ORDER BY space, device_id'),
    capacity: await rows('SELECT SUM(reserved_cpu_mhz) AS mhz, SUM(reserved_memory_mib) AS mib FROM host_capacity'),
    pools: await rows('SELECT reserved_bytes FROM storage_pool'),
    copies: await rows('SELECT store_kind, state FROM template_copy ORDER BY store_kind'),
    files: simulatedFiles(cloud.server),
    mounts: simulatedMounts(cloud.server),
    // Of those that are off, hosts keep the serial log until they run elsewhere.
    running: hosts
      .flatMap(({ address }) => [...(cloud.fleet.findHost(String(address))?.machines?.values() ?? [])].map(({ power }) => power))
      .filter((power) => power !== 'stopped'),
  };
  return JSON.stringify(world, undefined, 1).replaceAll(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '<uuid>');
}

/** Rounds share the cloud: what the one before has left is made good first. */
async function tidy(): Promise<void> {
  const { admin } = cloud.server;
  for (const { id, state } of await systemVms(cloud)) if (state === 'Stopped') await admin.run('startSystemVm', { id: String(id) });
  await systemVmsUp(cloud);
}

async function rig(command: string, prepare: (id: string) => Promise<Params>): Promise<SagaRig> {
  await tidy();
  const params = await prepare(String((await systemVms(cloud, { systemvmtype: 'consoleproxy' }))[0]!['id']));
  return {
    failpoints: cloud.server.failpoints,
    start: async () => String((await cloud.server.admin.call(command, params))['jobid']),
    end: async (jobUuid) => (await cloud.server.runtime.awaiter.whenDone(jobUuid, 20_000)).state,
    fingerprint,
    close: async () => cloud.server.failpoints.set(''),
  };
}

const running = (id: string) => Promise.resolve({ id });
const stopped = async (id: string): Promise<Params> => {
  await cloud.server.admin.run('stopSystemVm', { id });
  return { id };
};

const cases = [
  { title: 'startSystemVm', saga: startSystemMachine, irreversible: [], makeRig: () => rig('startSystemVm', stopped) },
  // Power that is off stays off: the row follows the host then.
  { title: 'stopSystemVm', saga: stopSystemMachine, irreversible: ['machine'], makeRig: () => rig('stopSystemVm', running) },
  {
    title: 'migrateSystemVm',
    saga: migrateSystemMachine,
    irreversible: [],
    makeRig: () => rig('migrateSystemVm', (virtualmachineid) => Promise.resolve({ virtualmachineid, autoselect: true })),
  },
  // A reset can't be taken back, and what has begun to go goes.
  { title: 'rebootSystemVm', saga: rebootSystemMachine, irreversible: ['rebooting'], makeRig: () => rig('rebootSystemVm', running) },
  { title: 'destroySystemVm', saga: destroySystemMachine, irreversible: ['destroying'], makeRig: () => rig('destroySystemVm', running) },
];

describe.each(cases)('$title', ({ saga, irreversible, makeRig }) => {
  for (const round of roundsOf(saga, irreversible)) it(round.title, () => playRound(round, makeRig));
});
