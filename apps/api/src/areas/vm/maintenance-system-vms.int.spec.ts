// Maintenance of a host that runs system machines: they go on elsewhere, without an end between.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { startCloudWithSystemVms, systemVms, systemVmsUp } from '../../../test/harness/system-vms.ts';

let cloud: Cloud;
beforeAll(async () => {
  cloud = await startCloudWithSystemVms({ hosts: 2 });
});
afterAll(() => cloud.stop());

const admin = () => cloud.server.admin;

async function emptied(hostId: string): Promise<unknown> {
  const deadline = performance.now() + 20_000;
  for (;;) {
    for (const name of ['system-vm', 'host-maintenance']) await cloud.server.runtime.schedule.wake(name);
    const [host] = await admin().list('listHosts', { id: hostId });
    if (host!['resourcestate'] !== 'PrepareForMaintenance' || performance.now() > deadline) return host!['resourcestate'];
    await sleep(50);
  }
}

it('H08 moves system machines too, and both hosts can be emptied in turn', async () => {
  const before = await systemVms(cloud);
  for (const hostId of cloud.zone.hostIds) {
    await admin().run('prepareHostForMaintenance', { id: hostId });
    expect(await emptied(hostId)).toBe('Maintenance');
    const machines = await systemVmsUp(cloud);
    expect(machines.map(({ id }) => id).toSorted()).toEqual(before.map(({ id }) => id).toSorted());
    expect(machines.map((machine) => machine['hostid'])).not.toContain(hostId);
    await admin().run('cancelHostMaintenance', { id: hostId });
  }
  for (const type of ['SSVM.MIGRATE', 'PROXY.MIGRATE'])
    expect((await admin().list('listEvents', { type })).filter(({ state }) => state === 'Completed')).not.toEqual([]);
  cloud.fleet.catchUp();
  const addresses = (await admin().list('listHosts', { type: 'Routing' })).map(({ ipaddress }) => String(ipaddress));
  const boots = addresses.flatMap((address) =>
    [...(cloud.fleet.findHost(address)?.machines?.values() ?? [])].map((machine) => machine.boots),
  );
  expect(boots).toEqual([1, 1]);
  expect(await admin().list('verifyInventory')).toEqual([]);
});
