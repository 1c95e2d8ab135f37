// The Go SDK, and Terraform's provider on it, against the server: signed forms, strict types, one machine from look-up to destruction.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Body, Params } from '../harness/api-client.ts';
import { type Cloud, startCloud } from '../harness/cloud.ts';
import { type Keys, signParams } from './go-client.ts';

let cloud: Cloud;
let keys: Keys;
beforeAll(async () => {
  cloud = await startCloud({ hosts: 1 });
  const { admin } = cloud.server;
  const users = await admin.list('listUsers', { username: 'admin' });
  const { userkeys } = (await admin.call('getUserKeys', { id: String(users[0]!['id']) })) as { userkeys: Record<string, string> };
  keys = { apiKey: userkeys['apikey']!, secretKey: userkeys['secretkey']! };
});
afterAll(() => cloud?.stop());

class SdkError extends Error {}

/** GET for what only reads, POST for the rest; the answer without its one top-level key. */
async function call(command: string, params: Params = {}, { getOnly = false, lifetimeMinutes = 15 } = {}): Promise<Body> {
  const expires = new Date(Date.now() + lifetimeMinutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
  const form = signParams({ command, response: 'json', signatureversion: '3', expires, ...params }, keys);
  const reads = getOnly || /^(get|list|query|find)/.test(command);
  const response = reads
    ? await fetch(`${cloud.server.url}?${form}`)
    : await fetch(cloud.server.url, { method: 'POST', body: form, headers: { 'content-type': 'application/x-www-form-urlencoded' } });
  const [inner, ...others] = Object.values((await response.json()) as Record<string, Body>);
  expect(others).toEqual([]);
  if (response.status !== 200) throw new SdkError(`${String(inner!['errorcode'])}: ${String(inner!['errortext'])}`);
  return inner!;
}

/** Of objects in lists and of single ones it takes the first. */
function unwrapped(answer: Body): Body {
  const { count, ...rest } = answer;
  const value = Object.values(rest)[0];
  if (count !== undefined && Array.isArray(value)) return value[0] as Body;
  return value as Body;
}

/** The id of what has the name: exactly one hit, or one of several that is called so. */
async function idByName(command: string, name: string, params: Params = {}): Promise<string> {
  const { count, ...rest } = await call(command, { name, ...params });
  const hits = (Object.values(rest)[0] ?? []) as Body[];
  const hit = count === 1 ? hits[0] : hits.find((candidate) => candidate['name'] === name);
  if (!hit) throw new SdkError(`No match found for ${name}`);
  return String(hit['id']);
}

async function finish(command: string, params: Params): Promise<Body> {
  const { jobid } = await call(command, params);
  for (let asked = 0; asked < 500; asked += 1) {
    const job = await call('queryAsyncJobResult', { jobid: jobid as string });
    if (job['jobstatus'] === 1) return unwrapped(job['jobresult'] as Body);
    if (job['jobstatus'] === 2) throw new SdkError(JSON.stringify(job['jobresult']));
    await sleep(20);
  }
  throw new Error(`${command} is still not done`);
}

it('signs forms and URLs alike, and an hour ago is too late', async () => {
  expect((await call('listZones'))['count']).toBe(1);
  expect((await call('createDomain', { name: 'go * lang~1' }))['domain']).toMatchObject({ name: 'go * lang~1' });
  expect((await call('createDomain', { name: 'by get' }, { getOnly: true }))['domain']).toMatchObject({ path: 'ROOT/by get' });
  await expect(call('listZones', {}, { lifetimeMinutes: -60 })).rejects.toThrow('401');
});

describe('a cloudstack_instance', () => {
  let id: string;

  it('is created from names', async () => {
    const zoneid = await idByName('listZones', 'zone-one');
    const serviceofferingid = await idByName('listServiceOfferings', 'tiny', { zoneid });
    expect((await call('listZones', { id: zoneid }))['count']).toBe(1);
    const templateid = await idByName('listTemplates', 'test guest', { templatefilter: 'executable', zoneid });
    expect((await call('listTemplates', { id: templateid, templatefilter: 'executable', zoneid }))['count']).toBe(1);
    expect(await idByName('listDiskOfferings', 'Small')).toMatch(/-/);
    const networkid = await idByName('listNetworks', 'guestNetworkForBasicZone', { zoneid });
    const networks = await call('listNetworks', { id: networkid, projectid: '-1' });
    expect(networks['count']).toBe(1);
    const machine = await finish('deployVirtualMachine', {
      zoneid,
      serviceofferingid,
      templateid,
      networkids: networkid,
      name: 'terraform',
      displayname: 'made by * terraform',
      startvm: true,
      userdata: Buffer.from('#cloud-config\n').toString('base64'),
    });
    expect(machine).toMatchObject({ name: 'terraform', state: 'Running', displayname: 'made by * terraform' });
    id = String(machine['id']);
  });

  it('is read as the provider decodes it', async () => {
    const { count, virtualmachine } = await call('listVirtualMachines', { id });
    expect(count).toBe(1);
    const [machine] = virtualmachine as Body[];
    expect(machine).toMatchObject({
      id,
      cpunumber: 1,
      cpuspeed: 500,
      memory: 256,
      rootdeviceid: 0,
      haenable: false,
      passwordenabled: false,
      displayname: 'made by * terraform',
      serviceofferingname: 'tiny',
      templatename: 'test guest',
      zonename: 'zone-one',
      affinitygroup: [],
      securitygroup: [{ id: expect.any(String), name: 'default', account: 'admin' }],
      tags: [],
      nic: [{ networkid: expect.any(String) as string, ipaddress: '10.1.0.10', isdefault: true, deviceid: '0' }],
    });
    const { volume } = (await call('listVolumes', { type: 'ROOT', virtualmachineid: id })) as { volume: Body[] };
    expect(volume).toEqual([expect.objectContaining({ type: 'ROOT', size: 64 * 2 ** 20, deviceid: 0, state: 'Ready' })]);
    const { nic } = (await call('listNics', { virtualmachineid: id })) as { nic: Body[] };
    expect(nic).toEqual([expect.objectContaining({ virtualmachineid: id, isdefault: true, ipaddress: '10.1.0.10' })]);
    expect(await call('listNics', { virtualmachineid: id, nicid: '00000000-0000-4000-8000-000000000000' })).toEqual({});
    expect(await call('listNics', { virtualmachineid: id, nicid: String(nic[0]!['id']), keyword: 'no such mac' })).toEqual({});
  });

  it('gives its user data back as it was sent', async () => {
    expect(await call('getVirtualMachineUserData', { virtualmachineid: id })).toEqual({
      virtualmachineuserdata: { virtualmachineid: id, userdata: Buffer.from('#cloud-config\n').toString('base64') },
    });
  });

  it('is changed and destroyed, and then gone', async () => {
    await finish('stopVirtualMachine', { id });
    const { virtualmachine } = (await call('updateVirtualMachine', { id, displayname: 'renamed' })) as { virtualmachine: Body };
    expect(virtualmachine).toMatchObject({ displayname: 'renamed', state: 'Stopped' });
    await finish('startVirtualMachine', { id });
    await finish('destroyVirtualMachine', { id, expunge: true });
    const gone = `Invalid parameter id value=${id} due to incorrect long value format, or entity does not exist`;
    await expect(call('listVirtualMachines', { id })).rejects.toThrow(gone);
  });
});

it('takes lists of one for the one, and success as text', async () => {
  const { zoneId: zoneid, podId: podid } = cloud.zone;
  const cluster = unwrapped(
    await call('addCluster', { zoneid, podid, clustername: 'go', clustertype: 'CloudManaged', hypervisor: 'Simulator' }),
  );
  expect(cluster).toMatchObject({ name: 'go', allocationstate: 'Enabled' });
  expect(await call('deleteCluster', { id: String(cluster['id']) })).toEqual({ success: 'true' });
});

it('finds nothing of what accounts of a basic zone cannot have', async () => {
  for (const command of ['listPublicIpAddresses', 'listPortForwardingRules', 'listIpForwardingRules', 'listProjects'])
    expect(await call(command, { listall: true }), command).toEqual({});
});

it.each([
  ['listZones', {}],
  ['listNetworks', {}],
  ['listVirtualMachines', { listall: true }],
  ['listVolumes', { listall: true }],
  ['listTemplates', { templatefilter: 'all' }],
])('%s finds nothing by a tag that nothing carries', async (command, params) => {
  expect(await call(command, { ...params, 'tags[0].key': 'owner', 'tags[0].value': 'nobody' })).toEqual({});
  await expect(call(command, { ...params, 'tags[0]': 'owner' })).rejects.toThrow('430');
});

it('names the providers of storage', async () => {
  expect(await call('listStorageProviders', { type: 'primary' })).toEqual({
    count: 1,
    dataStoreProvider: [{ name: 'DefaultPrimary', type: 'primary' }],
  });
  expect((await call('listStorageProviders', { type: 'image' }))['dataStoreProvider']).toEqual([{ name: 'NFS', type: 'image' }]);
});
