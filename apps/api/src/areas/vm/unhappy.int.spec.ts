// Machines while hosts fail them: what becomes of the job, the machine, its room and its files, and how it all comes right again.
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ApiError, type Body, type Params } from '../../../test/harness/api-client.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';

let cloud: Cloud;

beforeAll(async () => {
  cloud = await startCloud();
  await cloud.server.admin.call('updateConfiguration', { name: 'vm.graceful.stop.timeout.ms', value: '0' });
});
afterAll(() => cloud.stop());

const { admin, local } = { admin: () => cloud.server.admin, local: () => cloud.server.local };
const query = <Row>(sql: string, values: unknown[] = []) => cloud.server.dataSource.query<Row[]>(sql, values);
const patience = (seconds: number) => admin().call('updateConfiguration', { name: 'job.step.retry.seconds', value: String(seconds) });
const wake = (reconciler: string) => cloud.server.runtime.schedule.wake(reconciler);
/** What stays wrong once filters of machines that ended in another way than by their jobs are taken back. */
async function differences(): Promise<Body[]> {
  await wake('guest-filters');
  return local().list('verifyInventory');
}
/** Reconcilers leave rows alone that have just changed. */
const settle = () => query('UPDATE virtual_machine SET state_changed_at = state_changed_at - INTERVAL 1 MINUTE');

/** What rows and pools hold beside the machines that a test looks at. */
const holdings = async () => ({
  machines: await query('SELECT id, state, host_id FROM virtual_machine ORDER BY id'),
  volumes: await query('SELECT id, state, pool_id FROM volume ORDER BY id'),
  capacity: await query('SELECT host_id, reserved_cpu_mhz, reserved_memory_mib FROM host_capacity ORDER BY host_id'),
  addresses: await query("SELECT id FROM guest_address WHERE state = 'Allocated'"),
});

async function vmOf(vm: Body): Promise<Body> {
  return (await admin().list('listVirtualMachines', { id: String(vm['id']) }))[0]!;
}

async function addressOf(vm: Body): Promise<string> {
  return (await query<{ address: string }>('SELECT address FROM host WHERE uuid = ?', [vm['hostid']]))[0]!.address;
}

/** Where the machine runs, as the hosts say. */
async function runsOn(vm: Body): Promise<string[]> {
  cloud.fleet.catchUp();
  const hosts = await query<{ address: string }>('SELECT address FROM host');
  return hosts
    .map(({ address }) => address)
    .filter((address) => cloud.fleet.findHost(address)?.machines?.get(String(vm['instancename']))?.power === 'running');
}

const deployment = (): Params => ({ zoneid: cloud.zone.zoneId, templateid: cloud.templateId, serviceofferingid: cloud.offeringId });

async function failed(job: Promise<Body>): Promise<ApiError> {
  const error = await job.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error instanceof ApiError) return error;
  throw new Error('the job succeeded', { cause: error });
}

/** The host stops answering and is noticed to be Down, while its machines go on. */
async function loseHost(address: string): Promise<void> {
  cloud.fleet.setPower(address, 'unreachable');
  await query("UPDATE host SET state = 'Down', version = version + 1 WHERE address = ?", [address]);
}

async function bringBack(address: string): Promise<void> {
  cloud.fleet.setPower(address, 'on');
  await wake('host-health');
}

afterEach(async () => {
  cloud.fleet.clearFaults();
  await patience(60);
  for (const { address } of await query<{ address: string }>('SELECT address FROM host')) cloud.fleet.setPower(address, 'on');
  await wake('host-health');
  await settle();
  await wake('power-state');
  for (const { id } of await admin().list('listVirtualMachines', { listall: true }))
    await admin().run('destroyVirtualMachine', { id: String(id), expunge: true });
  expect(await differences()).toEqual([]);
});

describe('a host that does not answer for a moment', () => {
  it.each(['mounts.ensure', 'disks.createLinkedClone', 'networks.ensureBridge', 'startMachine'])(
    'at %s of a deploy: the job goes on',
    async (method) => {
      cloud.fleet.fail('*', method, { kind: 'unreachable' }, 2);
      expect(await cloud.deploy()).toMatchObject({ state: 'Running' });
    },
  );

  it.each(['startMachine', 'disks.createLinkedClone'])('that did %s but lost the answer: the machine is there once', async (method) => {
    cloud.fleet.fail('*', method, { kind: 'unreachable', reason: 'connectionLost' }, 1, 'after');
    const vm = await cloud.deploy();
    expect(await runsOn(vm)).toEqual([await addressOf(vm)]);
  });

  it.each([
    ['stopVirtualMachine', 'stopMachine', 'Stopped'],
    ['rebootVirtualMachine', 'rebootMachine', 'Running'],
    ['destroyVirtualMachine', 'removeMachine', 'Destroyed'],
  ])('%s goes on', async (command, method, state) => {
    const vm = await cloud.deploy();
    cloud.fleet.fail('*', method, { kind: 'unreachable' }, 2);
    expect(await admin().run(command, { id: String(vm['id']) })).toMatchObject({ state });
  });
});

describe('a host that never does it', () => {
  it.each([
    ['does not answer', 'disks.createLinkedClone', { kind: 'unreachable' }, 534],
    ['does not answer', 'startMachine', { kind: 'unreachable' }, 534],
    ['has no space left', 'disks.createLinkedClone', { kind: 'refused', reason: 'noSpace' }, 534],
    ['refuses the machine', 'startMachine', { kind: 'refused' }, 534],
  ] as const)('%s at %s: a deploy and a start leave nothing', async (_title, method, fault, code) => {
    const asleep = await cloud.deploy({ startvm: false });
    const before = await holdings();
    await patience(1);
    cloud.fleet.fail('*', method, fault, 1_000);
    const refused = [
      await failed(admin().run('deployVirtualMachine', deployment())),
      await failed(admin().run('startVirtualMachine', { id: String(asleep['id']) })),
    ];
    expect(refused.map((error) => error.code)).toEqual([code, code]);
    expect(await holdings()).toEqual(before);
    cloud.fleet.clearFaults();
    expect(await differences()).toEqual([]);
    expect(await admin().run('startVirtualMachine', { id: String(asleep['id']) })).toMatchObject({ state: 'Running' });
  });

  it('the template that a failed deploy brought half way is brought by the next', async () => {
    await query("DELETE FROM template_copy WHERE store_kind = 'primary'");
    await query('UPDATE storage_pool SET reserved_bytes = 0');
    for (const pool of await query<{ uuid: string; server: string; path: string }>('SELECT uuid, server, path FROM storage_pool')) {
      cloud.fleet.outOfBand.deleteFile({ mount: pool, path: `template/${cloud.templateId}.qcow2` });
    }
    cloud.fleet.fail('*', 'disks.copy', { kind: 'refused', reason: 'noSpace' });
    await failed(admin().run('deployVirtualMachine', deployment()));
    expect(await differences()).toEqual([]);
    await cloud.deploy();
    expect(await query("SELECT state FROM template_copy WHERE store_kind = 'primary'")).toEqual([{ state: 'Ready' }]);
  });

  it('a stop, a reboot and a destroy leave the machine as the host has it', async () => {
    const vm = await cloud.deploy();
    const id = String(vm['id']);
    const before = await holdings();
    await patience(1);
    for (const [command, method] of [
      ['stopVirtualMachine', 'stopMachine'],
      ['rebootVirtualMachine', 'rebootMachine'],
      ['destroyVirtualMachine', 'stopMachine'],
    ] as const) {
      cloud.fleet.fail('*', method, { kind: 'unreachable' }, 1_000);
      expect((await failed(admin().run(command, { id }))).code).toBe(534);
      cloud.fleet.clearFaults();
      expect(await vmOf(vm)).toMatchObject({ state: 'Running', hostid: vm['hostid'] });
    }
    expect(await holdings()).toEqual(before);
    expect(await runsOn(vm)).toHaveLength(1);
  });

  it('a stop that cut the power and then lost its host ends Stopped once the host is looked at', async () => {
    const vm = await cloud.deploy();
    await patience(0);
    cloud.fleet.fail('*', 'stopMachine', { kind: 'unreachable' }, 1, 'after');
    await failed(admin().run('stopVirtualMachine', { id: String(vm['id']), forced: true }));
    expect(await vmOf(vm)).toMatchObject({ state: 'Running' });
    await settle();
    await wake('power-state');
    expect(await vmOf(vm)).toMatchObject({ state: 'Stopped' });
    expect(await differences()).toEqual([]);
  });
});

describe('F08 an undo that fails', () => {
  /** The host dies under the start: neither the machine nor its undo can be seen to. */
  async function stuckDeploy(): Promise<{ jobId: string; address: string }> {
    await patience(0);
    const [host] = await query<{ uuid: string; address: string }>('SELECT uuid, address FROM host ORDER BY id LIMIT 1');
    cloud.fleet.fail(host!.address, 'startMachine', { kind: 'unreachable' }, 1, 'after');
    cloud.fleet.fail(host!.address, 'stopMachine', { kind: 'unreachable' }, 1_000);
    const { jobid } = await admin().call('deployVirtualMachine', { ...deployment(), hostid: host!.uuid });
    await failed(admin().result(String(jobid)));
    cloud.fleet.clearFaults();
    await patience(60);
    expect(await query('SELECT state FROM job WHERE uuid = ?', [jobid])).toEqual([{ state: 'Stuck' }]);
    return { jobId: String(jobid), address: host!.address };
  }
  const stateOf = async (jobId: string) => (await query<{ state: string }>('SELECT state FROM job WHERE uuid = ?', [jobId]))[0]!.state;
  const openAlerts = () => query<{ subject: string }>("SELECT subject FROM alert WHERE open_cause LIKE 'job.stuck:%'");

  it('leaves the job stuck with an alert; resumeAsyncJob takes it to its end', async () => {
    const { jobId } = await stuckDeploy();
    expect(await openAlerts()).toHaveLength(1);
    expect((await differences()).map(({ check }) => check)).toContain('I1.jobs');
    await admin().call('resumeAsyncJob', { jobid: jobId });
    await expect.poll(() => stateOf(jobId)).toBe('Failed');
    expect(await openAlerts()).toEqual([]);
    expect(await query('SELECT id FROM virtual_machine')).toEqual([]);
    expect(await differences()).toEqual([]);
  });

  it('goes on by itself a while after the host is back', async () => {
    const { jobId, address } = await stuckDeploy();
    await query("UPDATE host SET state = 'Down' WHERE address = ?", [address]);
    await query('UPDATE job_step SET created = created - INTERVAL 2 MINUTE');
    await wake('unfinished-undo');
    expect(await stateOf(jobId)).toBe('Stuck');
    await bringBack(address);
    await wake('unfinished-undo');
    await expect.poll(() => stateOf(jobId)).toBe('Failed');
    expect(await differences()).toEqual([]);
  });
});

describe('a host that is down', () => {
  it('takes no stop: nobody knows what runs there', async () => {
    const vm = await cloud.deploy();
    await loseHost(await addressOf(vm));
    const error = await failed(admin().run('stopVirtualMachine', { id: String(vm['id']) }));
    expect(error.text).toMatch(/is Down, so nobody knows whether the machine still runs there: bring the host up/);
    expect(await vmOf(vm)).toMatchObject({ state: 'Running', hostid: vm['hostid'] });
  });

  it('lets machines be destroyed, keeps their room, and ends them when it is back', async () => {
    const vm = await cloud.deploy();
    const id = String(vm['id']);
    const address = await addressOf(vm);
    const full = (await holdings()).capacity;
    await loseHost(address);
    expect(await admin().run('destroyVirtualMachine', { id })).toMatchObject({ state: 'Destroyed' });
    expect((await holdings()).capacity).toEqual(full);
    expect(await runsOn(vm)).toEqual([address]);
    // Neither its disks go nor does it start elsewhere while it may run.
    expect((await failed(admin().run('expungeVirtualMachine', { id }))).text).toMatch(/may still run there/);
    expect((await admin().refused('recoverVirtualMachine', { id })).text).toMatch(/may still run there/);
    await query('UPDATE virtual_machine SET state_changed_at = state_changed_at - INTERVAL 2 DAY');
    await wake('expunge');
    expect(await vmOf(vm)).toMatchObject({ state: 'Destroyed' });

    await bringBack(address);
    await wake('power-state');
    expect(await runsOn(vm)).toEqual([]);
    expect((await holdings()).capacity).not.toEqual(full);
    expect(await differences()).toEqual([]);
    const events = await admin().list('listEvents', { type: 'VM.DESTROY', level: 'WARN' });
    expect(events[0]!['description']).toMatch(/which was destroyed before, was ended on host/);
    expect(await admin().call('recoverVirtualMachine', { id })).toMatchObject({ virtualmachine: { state: 'Stopped' } });
  });

  it('keeps the disks of machines that are to be destroyed with expunge', async () => {
    const vm = await cloud.deploy();
    await loseHost(await addressOf(vm));
    const error = await failed(admin().run('destroyVirtualMachine', { id: String(vm['id']), expunge: true }));
    expect(error.text).toMatch(/destroy it without expunge/);
    expect(await vmOf(vm)).toMatchObject({ state: 'Running', hostid: vm['hostid'] });
  });

  it('frees its machines when it is deleted by force, destroyed ones too', async () => {
    const added = await admin().call('addHost', {
      zoneid: cloud.zone.zoneId,
      podid: cloud.zone.podId,
      clusterid: cloud.zone.clusterId,
      hypervisor: 'Simulator',
      url: 'http://sim-9.one.example.test',
      username: 'root',
      password: 'password',
    });
    const hostid = String((added['host'] as Body[])[0]!['id']);
    const [lost, doomed] = [await cloud.deploy({ hostid }), await cloud.deploy({ hostid })];
    await loseHost('sim-9.one.example.test');
    await admin().run('destroyVirtualMachine', { id: String(doomed['id']) });
    await admin().call('deleteHost', { id: hostid, forced: true });
    expect(await vmOf(lost)).toMatchObject({ state: 'Stopped' });
    expect(await vmOf(doomed)).toMatchObject({ state: 'Destroyed' });
    expect(await admin().run('startVirtualMachine', { id: String(lost['id']) })).toMatchObject({ state: 'Running' });
    expect(await admin().run('expungeVirtualMachine', { id: String(doomed['id']) })).toMatchObject({ success: true });
  });
});

describe('an expunge that is cut short', () => {
  it('L06 goes on to the end, with the data disks that were to go', async () => {
    const [offering] = await admin().list('listDiskOfferings', { name: 'Small' });
    const vm = await cloud.deploy({ diskofferingid: String(offering!['id']) });
    const disk = (await admin().list('listVolumes', { virtualmachineid: String(vm['id']), type: 'DATADISK' }))[0]!;
    await patience(0);
    cloud.fleet.fail('*', 'disks.remove', { kind: 'unreachable' }, 1);
    await failed(admin().run('destroyVirtualMachine', { id: String(vm['id']), expunge: true, volumeids: String(disk['id']) }));
    expect(await vmOf(vm)).toMatchObject({ state: 'Expunging' });
    await patience(60);
    expect(await admin().run('expungeVirtualMachine', { id: String(vm['id']) })).toMatchObject({ success: true });
    expect(await query('SELECT id FROM volume')).toEqual([]);
    expect((await admin().refused('expungeVirtualMachine', { id: String(vm['id']) })).code).toBe(431);
  });
});

describe('the serial log', () => {
  it('stays with a stopped machine and goes with a destroyed one', async () => {
    const vm = await cloud.deploy();
    const machine = cloud.fleet.findHost(await addressOf(vm))!;
    const log = () => {
      cloud.fleet.catchUp();
      return machine.machines?.get(String(vm['instancename']))?.serialLog;
    };
    const running = log();
    expect(running).toMatch(/login:/);
    await admin().run('stopVirtualMachine', { id: String(vm['id']) });
    expect(log()).toBe(running);
    await admin().run('destroyVirtualMachine', { id: String(vm['id']) });
    expect(log()).toBeUndefined();
  });
});
