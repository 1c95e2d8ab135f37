// kill -9 of the server at steps that talk to real hosts: after a restart the job is done or undone, and neither hosts nor exports keep a trace.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deployVm } from '../../src/areas/vm/deploy-vm.saga.ts';
import { destroyAndExpungeVm } from '../../src/areas/vm/destroy-vm.saga.ts';
import { migrateVm } from '../../src/areas/vm/migrate-vm.saga.ts';
import { startVm } from '../../src/areas/vm/start-vm.saga.ts';
import { stopVm } from '../../src/areas/vm/stop-vm.saga.ts';
import { ApiError, type Body, type Params } from '../harness/api-client.ts';
import { hostNames, LabCloud } from '../harness/lab-cloud.ts';

let cloud: LabCloud;
let deployment: Params;
let templateId: string;

beforeAll(async () => {
  cloud = await LabCloud.start('crash');
  const place = await cloud.createPlace();
  for (const host of hostNames) await cloud.addHost(host, place);
  await cloud.addPrimary(place);
  await cloud.addSecondary(place);
  templateId = await cloud.installGuest();
  await cloud.admin.call('updateZone', { id: place.zoneid, allocationstate: 'Enabled' });
  deployment = { zoneid: place.zoneid, templateid: templateId, serviceofferingid: await cloud.createOffering() };
  await cloud.server.stop();
});
afterAll(async () => cloud?.stop());

const deployed = async (): Promise<string> => String((await cloud.admin.run('deployVirtualMachine', deployment))['id']);
const stopped = async (): Promise<string> => {
  const id = await deployed();
  await cloud.admin.run('stopVirtualMachine', { id, forced: true });
  return id;
};

interface Scenario {
  readonly saga: { readonly name: string; readonly steps: readonly { readonly name: string }[] };
  readonly prepare: () => Promise<string>;
  readonly call: (vmId: string) => Promise<Body>;
  /** States the machine may be in once the job has ended; null: gone. */
  readonly outcomes: readonly (string | null)[];
  /** `step:place`, of steps on hosts. */
  readonly points: readonly string[];
}

const scenarios: readonly Scenario[] = [
  {
    saga: deployVm,
    prepare: async () => '',
    call: () => cloud.admin.call('deployVirtualMachine', deployment),
    outcomes: ['Running', null],
    points: ['disks:before', 'disks:effect', 'machine:before', 'machine:effect'],
  },
  {
    saga: startVm,
    prepare: stopped,
    call: (id) => cloud.admin.call('startVirtualMachine', { id }),
    outcomes: ['Running', 'Stopped'],
    points: ['machine:effect'],
  },
  {
    saga: stopVm,
    prepare: deployed,
    call: (id) => cloud.admin.call('stopVirtualMachine', { id, forced: true }),
    outcomes: ['Stopped', 'Running'],
    points: ['machine:before', 'machine:effect'],
  },
  {
    saga: migrateVm,
    prepare: deployed,
    call: (id) => cloud.admin.call('migrateVirtualMachine', { virtualmachineid: id, autoselect: true }),
    outcomes: ['Running'],
    points: ['machine:before', 'machine:effect'],
  },
  {
    saga: destroyAndExpungeVm,
    prepare: deployed,
    call: (id) => cloud.admin.call('destroyVirtualMachine', { id, expunge: true }),
    outcomes: [null, 'Running'],
    points: ['machine:effect', 'disks:before', 'disks:effect'],
  },
];

const cases = scenarios.flatMap((scenario) => scenario.points.map((point) => ({ scenario, point: `${scenario.saga.name}:${point}` })));

describe('F01, F02, F03: the server is killed while it works on real hosts', () => {
  it.each(cases)('at $point', async ({ scenario, point }) => {
    expect(scenario.saga.steps.map(({ name }) => name)).toContain(point.split(':')[1]);
    const doomed = await cloud.startServer(point);
    const prepared = await scenario.prepare();
    await orDeath(scenario.call(prepared));
    expect(await doomed.ended).toBe('SIGKILL');

    const server = await cloud.startServer();
    try {
      // Undone is as good an end as done.
      await expect.poll(pendingJobs, { timeout: 60_000, interval: 100 }).toEqual([]);
      const machines = await cloud.admin.list('listVirtualMachines', { listall: true });
      expect(scenario.outcomes).toContain(machines[0] ? String(machines[0]['state']) : null);
      await expectAgreement(machines);
      for (const { id } of machines) await cloud.admin.run('destroyVirtualMachine', { id: String(id), expunge: true });
      await expectAgreement([]);
    } finally {
      await server.stop();
    }
  });
});

/** Rows, hosts and exports agree by the product's own account, and by a look at hosts and NFS server themselves. */
async function expectAgreement(machines: readonly Body[]): Promise<void> {
  const hosts = await cloud.admin.list('listHosts', { type: 'Routing' });
  const hostOf = (vm: Body) =>
    hostNames.find((host) => hosts.some(({ id, ipaddress }) => id === vm['hostid'] && ipaddress === cloud.addressOf(host)))!;
  const running = machines.filter(({ state }) => state === 'Running').map((vm) => `${hostOf(vm)} ${String(vm['instancename'])}`);
  const volumes = await cloud.admin.list('listVolumes', { listall: true });
  expect(volumes).toHaveLength(machines.length);
  // Filters that were being loaded when their machine ended are taken back by the next look at the host.
  await expect.poll(() => cloud.differences(), { timeout: 40_000, interval: 1_000 }).toEqual([]);
  expect(cloud.machines()).toEqual(running);
  expect(cloud.serialLogs().filter((log) => !running.includes(log))).toEqual(
    machines.filter(({ state }) => state === 'Stopped').map(({ instancename }) => expect.stringContaining(String(instancename)) as string),
  );
  expect(cloud.files('primary').filter((file) => file !== `template/${templateId}.qcow2`)).toEqual(
    volumes.map(({ id }) => `volumes/${String(id)}.qcow2`),
  );
  expect(cloud.files('secondary')).toEqual([`template/${templateId}.qcow2`]);
}

const pendingJobs = async (): Promise<Body[]> =>
  (await cloud.admin.list('listAsyncJobs', { listall: true })).filter(({ jobstatus }) => jobstatus === 0);

/** The server may die before its reply is out. */
async function orDeath(call: Promise<Body>): Promise<void> {
  try {
    await call;
  } catch (error) {
    if (error instanceof ApiError) throw error;
  }
}
