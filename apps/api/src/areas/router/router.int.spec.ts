// Virtual routers on the simulator: there for the pod's guests, told of each, replaced with all of them; passwords and keys of machines.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { RouterGuestReport } from '@strata/domain';
import type { Body } from '../../../test/harness/api-client.ts';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { statementsOf } from '../../../test/harness/kernel-rig.ts';
import { startCloudWithSystemVms } from '../../../test/harness/system-vms.ts';
import { agentOf } from '../system-vm/agent-of.ts';
import { SystemVm } from '../system-vm/system-vm.entity.ts';

let cloud: Cloud;
let vm: Body;

beforeAll(async () => {
  cloud = await startCloudWithSystemVms();
  vm = await cloud.deploy({ name: 'web1', userdata: Buffer.from('#!/bin/sh\n').toString('base64') });
}, 90_000);
afterAll(() => cloud.stop());

const routers = (): Promise<Body[]> => cloud.server.admin.list('listRouters', { zoneid: cloud.zone.zoneId });

/** What the router of the pod holds. */
async function guests(): Promise<readonly RouterGuestReport[]> {
  const { manager } = cloud.server.dataSource;
  const router = await manager.findOneByOrFail(SystemVm, { kind: 'domainrouter', state: 'Running' });
  const { agent } = await agentOf(router, { read: manager, drivers: cloud.server.runtime['options'].services.drivers });
  return (await agent.call('router.list-guests', {})).guests;
}

const macOf = (machine: Body): string => String((machine['nic'] as Body[])[0]!['macaddress']);

/** How the statement begins that reads the entry and its router. */
const entryStatement = 'SELECT d.id AS';

async function passwordsAllowed(): Promise<void> {
  await cloud.server.dataSource.query('UPDATE template SET password_enabled = 1 WHERE uuid = ?', [cloud.templateId]);
}

describe('a virtual router', () => {
  it('CS-42 is made for the first machine of a pod, which waits for it', async () => {
    expect(vm).toMatchObject({ state: 'Running', ipaddress: expect.stringMatching(/^10\.1\./) });
    expect(await routers()).toEqual([
      expect.objectContaining({
        name: expect.stringMatching(/^r-\d+-VM$/),
        role: 'VIRTUAL_ROUTER',
        state: 'Running',
        podid: cloud.zone.podId,
        guestnetworkid: cloud.zone.networkId,
        guestipaddress: expect.stringMatching(/^10\.1\./),
        guestnetmask: '255.255.0.0',
        linklocalip: expect.stringMatching(/^169\.254\./),
        networkdomain: 'cloud.internal',
        version: 'simulated',
        requiresupgrade: false,
      }),
    ]);
    expect(await guests()).toContainEqual(
      expect.objectContaining({ mac: macOf(vm), digest: expect.any(String), userDataRevision: expect.any(String) }),
    );
  });

  it('is not among the other system machines', async () => {
    const [router] = await routers();
    const kinds = (await cloud.server.admin.list('listSystemVms', {})).map(({ systemvmtype }) => systemvmtype);
    expect(kinds).not.toContain('domainrouter');
    const other = (await cloud.server.admin.list('listSystemVms', {}))[0]!;
    expect((await cloud.server.admin.refused('rebootRouter', { id: String(other['id']) })).code).toBe(431);
    const rebooted = await cloud.server.admin.run('rebootRouter', { id: String(router!['id']) });
    expect(rebooted).toMatchObject({ id: router!['id'], role: 'VIRTUAL_ROUTER' });
  });

  it('gets changed user data while the machine runs', async () => {
    const before = (await vi.waitUntil(async () => (await guests()).find(({ mac }) => mac === macOf(vm)), {
      timeout: 60_000,
      interval: 500,
    }))!;
    const userdata = randomBytes(40_000).toString('base64');
    const { admin } = cloud.server;
    const body = admin.query({ command: 'updateVirtualMachine', response: 'json', id: String(vm['id']), userdata });
    expect((await admin.send('', { body })).status).toBe(200);
    await vi.waitFor(
      async () => {
        await cloud.server.runtime.schedule.wake('system-vm');
        const after = (await guests()).find(({ mac }) => mac === macOf(vm));
        expect(after?.userDataRevision).not.toBe(before.userDataRevision);
      },
      { timeout: 60_000, interval: 1_000 },
    );
  }, 120_000);

  it('is replaced by one that has the same guests', async () => {
    const [before] = await routers();
    const answer = await cloud.server.admin.run('restartNetwork', { id: cloud.zone.networkId, cleanup: true });
    expect(answer).toMatchObject({ success: true });
    const after = (await routers()).filter(({ state }) => state === 'Running');
    expect(after).toHaveLength(1);
    expect(after[0]!['id']).not.toBe(before!['id']);
    expect((await guests()).map(({ mac }) => mac)).toEqual([macOf(vm)]);
  }, 120_000);

  it('costs a deploy one statement', async () => {
    const { dataSource } = cloud.server;
    let third: Body = {};
    const statements = await statementsOf(dataSource, async () => (third = await cloud.deploy({ name: 'web3' })));
    expect(statements.filter((text) => text === entryStatement)).toHaveLength(1);
    await cloud.server.admin.run('destroyVirtualMachine', { id: String(third['id']), expunge: true });
  });

  it('forgets a machine that is destroyed', async () => {
    const second = await cloud.deploy({ name: 'web2' });
    expect((await guests()).map(({ mac }) => mac)).toContain(macOf(second));
    await cloud.server.admin.run('destroyVirtualMachine', { id: String(second['id']), expunge: true });
    expect((await guests()).map(({ mac }) => mac)).toEqual([macOf(vm)]);
  });

  it('keeps machines from starting while it is stopped on request, and says why', async () => {
    const [router] = await routers();
    const stopped = await cloud.server.admin.run('stopRouter', { id: String(router!['id']) });
    expect(stopped).toMatchObject({ state: 'Stopped', role: 'VIRTUAL_ROUTER' });
    await expect(cloud.deploy({ name: 'late' })).rejects.toThrow('stopped on request: start it with startRouter');
    await cloud.server.admin.run('startRouter', { id: String(router!['id']) });
  }, 120_000);
});

describe('passwords and keys', () => {
  it('CS-44 a deploy of a template that takes passwords answers one, to its starter alone and never in clear in the database', async () => {
    await passwordsAllowed();
    const { jobid } = await cloud.server.admin.call('deployVirtualMachine', {
      zoneid: cloud.zone.zoneId,
      templateid: cloud.templateId,
      serviceofferingid: cloud.offeringId,
      name: 'secretive',
    });
    const machine = await cloud.server.admin.result(String(jobid));
    const password = String(machine['password']);
    expect(password).toMatch(/^[A-Za-z0-9]{12}$/);
    expect(machine).toMatchObject({ passwordenabled: true });
    const [listed] = await cloud.server.admin.list('listAsyncJobs', {});
    expect(JSON.stringify(listed)).not.toContain(password);
    expect(await cloud.server.admin.list('listVirtualMachines', { id: String(machine['id']) })).toEqual([
      expect.not.objectContaining({ password: expect.anything() }),
    ]);
    const rows = await cloud.server.dataSource.query('SELECT input, result FROM job');
    expect(JSON.stringify([rows, await cloud.server.dataSource.query('SELECT * FROM vm_password')])).not.toContain(password);
    const held = (await guests()).find(({ mac }) => mac === macOf(machine));
    expect(held?.password).toEqual({ revision: expect.any(String), isTaken: false });
  });

  it('CS-44 resets the password of a stopped machine', async () => {
    await passwordsAllowed();
    const id = String(vm['id']);
    expect((await cloud.server.admin.refused('resetPasswordForVirtualMachine', { id })).message).toContain('only while it is Stopped');
    await cloud.server.admin.run('stopVirtualMachine', { id, forced: true });
    const reset = await cloud.server.admin.run('resetPasswordForVirtualMachine', { id, password: 'Chosen-1' });
    expect(reset).toMatchObject({ id, password: 'Chosen-1', state: 'Stopped' });
    await cloud.server.admin.run('startVirtualMachine', { id });
    expect((await guests()).find(({ mac }) => mac === macOf(vm))?.password).toMatchObject({ isTaken: false });
  });

  it('CS-44 replaces the SSH keys of a stopped machine by those of a pair', async () => {
    const id = String(vm['id']);
    await cloud.server.admin.call('createSSHKeyPair', { name: 'mine' });
    await cloud.server.admin.run('stopVirtualMachine', { id, forced: true });
    expect((await cloud.server.admin.refused('resetSSHKeyForVirtualMachine', { id, keypair: 'nobody' })).message).toContain(
      'no key pair named nobody',
    );
    const reset = await cloud.server.admin.run('resetSSHKeyForVirtualMachine', { id, keypair: 'mine' });
    expect(reset).toMatchObject({ keypair: 'mine' });
  });
});
