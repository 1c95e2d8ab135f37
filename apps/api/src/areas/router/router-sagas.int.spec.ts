// Sagas around routers, each step repeated, refused and failed: passwords, keys and the restart of a network.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../../../test/harness/api-client.ts';
import { checkSaga, type SagaRig } from '../../../test/harness/check-saga.ts';
import type { Cloud } from '../../../test/harness/cloud.ts';
import { startCloudWithSystemVms } from '../../../test/harness/system-vms.ts';
import type { Saga } from '../../kernel/jobs/saga.ts';
import { restartRouters } from '../system-vm/restart-network.saga.ts';
import { resetPassword } from './reset-password.saga.ts';
import { resetSshKeys } from './reset-ssh-keys.saga.ts';

let cloud: Cloud;
let vm: Body;

beforeAll(async () => {
  cloud = await startCloudWithSystemVms();
  await cloud.server.dataSource.query('UPDATE template SET password_enabled = 1 WHERE uuid = ?', [cloud.templateId]);
  await cloud.server.admin.call('createSSHKeyPair', { name: 'mine' });
  vm = await cloud.deploy({ name: 'web1' });
  await cloud.server.admin.run('stopVirtualMachine', { id: String(vm['id']), forced: true });
}, 90_000);
afterAll(() => cloud.stop());

/** What the sagas may change, without what is random in it. */
async function contents(): Promise<string> {
  const { dataSource } = cloud.server;
  return JSON.stringify([
    await dataSource.query('SELECT vm_id, name FROM vm_ssh_key ORDER BY vm_id, position'),
    await dataSource.query('SELECT vm_id FROM vm_password ORDER BY vm_id'),
    await dataSource.query('SELECT state, version FROM virtual_machine'),
    await dataSource.query('SELECT id, state, restart_required FROM network ORDER BY id'),
    await dataSource.query("SELECT id, state FROM system_vm WHERE kind = 'domainrouter'"),
  ]);
}

/** Each round begins without password and keys. */
async function makeRig(command: string, params: () => Params): Promise<SagaRig> {
  const { dataSource, failpoints, admin, runtime } = cloud.server;
  await dataSource.query('DELETE FROM vm_password');
  await dataSource.query('DELETE FROM vm_ssh_key');
  return {
    failpoints,
    start: async () => String((await admin.call(command, params()))['jobid']),
    end: async (uuid) => (await runtime.awaiter.whenDone(uuid, 20_000)).state,
    fingerprint: contents,
    close: async () => failpoints.set(''),
  };
}

describe('sagas around routers', () => {
  it.each<[string, Saga, () => Params]>([
    ['resetPasswordForVirtualMachine', resetPassword as Saga, () => ({ id: String(vm['id']) })],
    ['resetSSHKeyForVirtualMachine', resetSshKeys as Saga, () => ({ id: String(vm['id']), keypair: 'mine' })],
    ['restartNetwork', restartRouters as Saga, () => ({ id: cloud.zone.networkId })],
  ])(
    '%s can be repeated, refused and failed',
    async (command, saga, params) => {
      await expect(checkSaga(saga, () => makeRig(command, params))).resolves.toBeUndefined();
    },
    60_000,
  );
});
