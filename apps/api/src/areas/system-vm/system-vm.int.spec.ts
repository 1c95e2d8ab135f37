// The life of system machines on the simulator: made when a zone has what they need, kept, replaced, ended.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../../../test/harness/api-client.ts';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { startCloudWithSystemVms, systemVms, systemVmsUp, until } from '../../../test/harness/system-vms.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloudWithSystemVms();
});

afterAll(async () => {
  await cloud.stop();
});

const oneOf = async (systemvmtype: string): Promise<Body> => (await systemVms(cloud, { systemvmtype }))[0]!;

describe('a zone that is enabled', () => {
  it('CS-41 has one machine of each kind, as clients look for them', async () => {
    const machines = await systemVms(cloud);
    expect(machines.map(({ name }) => String(name).replace(/\d+/, 'n')).sort()).toEqual(['s-n-VM', 'v-n-VM']);
    expect(await oneOf('secondarystoragevm')).toMatchObject({
      state: 'Running',
      agentstate: 'Up',
      zoneid: cloud.zone.zoneId,
      podid: cloud.zone.podId,
      hypervisor: 'Simulator',
      privateip: expect.stringMatching(/^10\.0\.200\./),
      publicip: expect.stringMatching(/^10\.0\.200\./),
      privatenetmask: '255.255.0.0',
      gateway: '10.0.0.1',
      dns1: '10.0.0.2',
      linklocalip: expect.stringMatching(/^169\.254\./),
      templatename: 'system',
      version: 'simulated',
    });
  });

  it('shows them to administrators alone', async () => {
    expect((await cloud.server.anonymous.refused('listSystemVms')).code).toBe(401);
  });
});

describe('replacing', () => {
  it('makes exactly one in place of one that was destroyed', async () => {
    const before = await oneOf('consoleproxy');
    await cloud.server.admin.run('destroySystemVm', { id: String(before['id']) });
    await systemVmsUp(cloud);
    const after = await systemVms(cloud, { systemvmtype: 'consoleproxy' });
    expect(after).toHaveLength(1);
    expect(after[0]!['id']).not.toBe(before['id']);
  });

  it('starts one again that lost its power', async () => {
    const before = await oneOf('secondarystoragevm');
    cloud.fleet.outOfBand.destroyMachine(String(before['hostname']), String(before['name']));
    await cloud.server.dataSource.query("UPDATE system_vm SET state_changed_at = '2020-01-01'");
    await cloud.server.runtime.schedule.wake('power-state');
    await until(cloud, (machines) => machines.some(({ state }) => state !== 'Running'), 3_000);
    await systemVmsUp(cloud);
  });
});
