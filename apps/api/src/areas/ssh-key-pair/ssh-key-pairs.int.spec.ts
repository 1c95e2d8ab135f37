// SSH key pairs: made, registered, listed, deleted, kept apart by account, and given to machines.
import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body } from '../../../test/harness/api-client.ts';
import { type Cloud, startCloud } from '../../../test/harness/cloud.ts';
import { createTenants, type Tenants } from '../../../test/harness/tenants.ts';
import { keysOf } from './machine-keys.ts';

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIhRwJl6G9IWC46LGE6m6Qb+Ip6agU2t6MOsjUL6AGca ann@home';
/** As ssh-keygen -l -E md5 prints it. */
const fingerprint = '38:e1:a7:9b:e9:5e:ac:97:53:26:dc:f0:60:c2:43:a9';

let cloud: Cloud;
let tenants: Tenants;
beforeAll(async () => {
  cloud = await startCloud({ hosts: 1 });
  tenants = await createTenants(cloud.server);
});
afterAll(() => cloud.stop());

const pairIn = (reply: Body) => reply['keypair'] as Body;
const names = (pairs: readonly Body[]) => pairs.map(({ name }) => name).toSorted();

describe('createSSHKeyPair', () => {
  it('answers an RSA key once, whose public half is kept under its fingerprint', async () => {
    const { client } = tenants.red1;
    const made = pairIn(await client.call('createSSHKeyPair', { name: 'made' }));
    expect(made).toMatchObject({ name: 'made', account: 'crimson-one', domainid: tenants.red1.domainId });
    const pem = String(made['privatekey']);
    expect(pem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\n/);
    const [row] = await cloud.server.dataSource.query<{ public_key: string }[]>('SELECT public_key FROM ssh_key_pair WHERE uuid = ?', [
      made['id'],
    ]);
    const blob = Buffer.from(row!.public_key.split(' ')[1]!, 'base64');
    const { n } = createPublicKey(createPrivateKey(pem)).export({ format: 'jwk' });
    expect(blob.includes(Buffer.from(n!, 'base64url'))).toBe(true);
    const [listed] = await client.list('listSSHKeyPairs', { name: 'made' });
    expect(listed).toMatchObject({ id: made['id'], fingerprint: made['fingerprint'] });
    expect(String(made['fingerprint'])).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){15}$/);
    expect(listed).not.toHaveProperty('privatekey');
    expect(JSON.stringify(await cloud.server.dataSource.query('SELECT * FROM ssh_key_pair'))).not.toContain('PRIVATE');
  });
});

describe('registerSSHKeyPair', () => {
  it('takes a line as it stands in a .pub file, with its line end', async () => {
    const pair = pairIn(await tenants.red1.client.call('registerSSHKeyPair', { name: 'mine', publickey: `${publicKey}\n` }));
    expect(pair).toMatchObject({ name: 'mine', fingerprint });
    expect(pair).not.toHaveProperty('privatekey');
  });

  it('refuses a second pair of the name, but not in another account', async () => {
    await expect(tenants.red1.client.call('registerSSHKeyPair', { name: 'mine', publickey: publicKey })).rejects.toMatchObject({
      code: 431,
      text: expect.stringContaining('choose another name'),
    });
    await tenants.red2.client.call('registerSSHKeyPair', { name: 'mine', publickey: publicKey });
  });

  it.each(['no key', 'ssh-rsa AAAA', `${publicKey}\n${publicKey}`])('refuses %j', async (publickey) => {
    await expect(tenants.red1.client.call('registerSSHKeyPair', { name: 'odd', publickey })).rejects.toMatchObject({ code: 431 });
  });

  it('refuses a name with a comma', async () => {
    await expect(tenants.red1.client.call('registerSSHKeyPair', { name: 'a,b', publickey: publicKey })).rejects.toMatchObject({
      code: 431,
    });
  });
});

describe('pairs of others', () => {
  it('are listed by administrators of their domain only', async () => {
    expect(names(await tenants.red2.client.list('listSSHKeyPairs', { listall: true }))).toEqual(['mine']);
    expect(names(await tenants.redAdmin.client.list('listSSHKeyPairs', { listall: true }))).toEqual(['made', 'mine', 'mine']);
    expect(await tenants.blueAdmin.client.list('listSSHKeyPairs', { listall: true })).toEqual([]);
    await expect(tenants.red2.client.list('listSSHKeyPairs', { account: 'crimson-one' })).rejects.toMatchObject({ code: 531 });
  });

  it('are neither made nor deleted without the right to', async () => {
    const owner = { account: 'crimson-one', domainid: tenants.red1.domainId };
    for (const { client } of [tenants.red2, tenants.blueAdmin, tenants.blue1]) {
      await expect(client.call('createSSHKeyPair', { name: 'x', ...owner })).rejects.toMatchObject({ code: 531 });
      await expect(client.call('deleteSSHKeyPair', { name: 'mine', ...owner })).rejects.toMatchObject({ code: 531 });
    }
    await expect(tenants.blue1.client.call('deleteSSHKeyPair', { name: 'mine' })).rejects.toMatchObject({ code: 431 });
    expect(names(await tenants.red1.client.list('listSSHKeyPairs'))).toEqual(['made', 'mine']);
  });
});

describe('a machine', () => {
  const deploy = async (params: Record<string, string>) => {
    const { client } = tenants.red1;
    const { zoneId } = cloud.zone;
    const vm = await client.run('deployVirtualMachine', {
      zoneid: zoneId,
      templateid: cloud.templateId,
      serviceofferingid: cloud.offeringId,
      ...params,
    });
    const [row] = await cloud.server.dataSource.query<{ id: number }[]>('SELECT id FROM virtual_machine WHERE uuid = ?', [vm['id']]);
    return { vm, keys: await keysOf(cloud.server.dataSource.manager, row!.id) };
  };

  it('is given the keys that its owner names, which stay when the pairs are gone', async () => {
    const both = await deploy({ keypair: 'mine', keypairs: 'made,mine' });
    expect(both.vm).toMatchObject({ keypairs: 'mine,made', keypair: 'mine,made' });
    expect(both.keys).toEqual([publicKey, expect.stringMatching(/^ssh-rsa /)]);
    expect((await deploy({})).vm).not.toHaveProperty('keypairs');
    await tenants.red1.client.call('deleteSSHKeyPair', { name: 'mine' });
    const [vm] = await tenants.red1.client.list('listVirtualMachines', { id: String(both.vm['id']) });
    expect(vm).toMatchObject({ keypairs: 'mine,made' });
  });

  it('is not given the key of another account', async () => {
    await expect(deploy({ keypair: 'mine' })).rejects.toMatchObject({ code: 431, text: expect.stringContaining('no key pair named mine') });
  });
});

it('deleting the account deletes its pairs', async () => {
  await cloud.server.admin.run('deleteAccount', { id: tenants.red2.accountId });
  expect(names(await tenants.redAdmin.client.list('listSSHKeyPairs', { listall: true }))).toEqual(['made']);
});
