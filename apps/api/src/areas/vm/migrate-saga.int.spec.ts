// The saga of a migration: each step may run twice, each failure and each undo leaves the machine running where it ran (F09, L08).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { playRound, roundsOf, type SagaRig } from '../../../test/harness/check-saga.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';
import { migrateVm } from './migrate-vm.saga.ts';

let cloud: Cloud;
let vmId: string;
beforeAll(async () => {
  cloud = await startCloud({ hosts: 2 });
  const { zone } = cloud;
  vmId = String((await cloud.deploy({ hostid: zone.hostIds[0]! }))['id']);
});
afterAll(() => cloud.stop());

const rows = (sql: string) => cloud.server.dataSource.query<Record<string, unknown>[]>(sql);

async function fingerprint(): Promise<string> {
  cloud.fleet.catchUp();
  const hosts = await rows('SELECT address FROM host ORDER BY id');
  const onHosts = hosts.map(({ address }) => {
    const host = cloud.fleet.findHost(String(address));
    return {
      machines: [...(host?.machines?.values() ?? [])].map(({ power, boots, consolePassword }) => [power, boots, consolePassword]),
      filters: [...(host?.filters?.keys() ?? [])],
    };
  });
  const machines = await rows('SELECT state, host_id, last_host_id, target_host_id FROM virtual_machine');
  const capacity = await rows('SELECT reserved_cpu_mhz, reserved_memory_mib FROM host_capacity ORDER BY host_id');
  return JSON.stringify({ machines, capacity, onHosts }, undefined, 1);
}

/** Every round begins with the machine on the first host. */
async function makeRig(): Promise<SagaRig> {
  const { server, zone } = cloud;
  const [vm] = await server.admin.list('listVirtualMachines', { id: vmId });
  if (vm!['hostid'] !== zone.hostIds[0])
    await server.admin.run('migrateVirtualMachine', { virtualmachineid: vmId, hostid: zone.hostIds[0]! });
  return {
    failpoints: server.failpoints,
    start: async () =>
      String((await server.admin.call('migrateVirtualMachine', { virtualmachineid: vmId, hostid: zone.hostIds[1]! }))['jobid']),
    end: async (jobUuid) => (await server.runtime.awaiter.whenDone(jobUuid, 20_000)).state,
    fingerprint,
    close: async () => server.failpoints.set(''),
  };
}

describe('migrateVirtualMachine', () => {
  it.each(roundsOf(migrateVm))('$title', (round) => playRound(round, makeRig));

  it('F03 ends where the machine is when its source dies right after it has arrived', async () => {
    const rig = await makeRig();
    const { fleet, server, zone } = cloud;
    const [source] = await rows(`SELECT address FROM host WHERE uuid = '${zone.hostIds[0]!}'`);
    const address = String(source!['address']);
    // What it was asked first is done; no answer of it ever comes.
    fleet.fail(address, '*', { kind: 'unreachable' }, 1_000, 'after');
    const job = await rig.start();
    try {
      expect(await rig.end(job)).toBe('succeeded');
      const [vm] = await server.admin.list('listVirtualMachines', { id: vmId });
      expect(vm).toMatchObject({ state: 'Running', hostid: zone.hostIds[1] });
    } finally {
      fleet.clearFaults();
    }
  });
});
