// Marvin's way to a zone: keys from the integration port, requests signed over lower-case sorted names, deployDataCenter step by step.
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Body } from '../harness/api-client.ts';
import { startTestServer, type TestServer } from '../harness/test-server.ts';

let server: TestServer;
let integrationUrl: string;
beforeAll(async () => {
  const port = await freePort();
  server = await startTestServer({ integrationPort: port });
  integrationUrl = `http://127.0.0.1:${port}/client/api`;
});
afterAll(() => server?.stop());

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const taken = createServer().listen(0, '127.0.0.1', () => {
      const { port } = taken.address() as AddressInfo;
      taken.close(() => resolve(port));
    });
  });
}

type Values = Record<string, string>;

class Marvin {
  keys: { readonly apikey: string; readonly secretkey: string } | undefined;
  private readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** The answer as its parser gives it: a list's objects, the one object, or the plain fields. */
  async ask(command: string, values: Values = {}): Promise<unknown> {
    const all: [string, string][] = Object.entries({
      ...values,
      command,
      response: 'json',
      ...(this.keys && { apiKey: this.keys.apikey }),
    });
    const form = new URLSearchParams(all);
    if (this.keys) {
      // Python's quote with "*" kept; Python leaves "~" as it is.
      const quoted = (text: string) => encodeURIComponent(text).replace(/[!'()]/g, (char) => `%${char.charCodeAt(0).toString(16)}`);
      const signed = all
        .map(([name, value]) => `${name.toLowerCase()}=${quoted(value).toLowerCase()}`)
        .sort()
        .join('&');
      form.set('signature', createHmac('sha1', this.keys.secretkey).update(signed).digest('base64'));
    }
    const response = await fetch(`${this.url}?${form}`);
    const body = Object.values((await response.json()) as Record<string, Body>)[0]!;
    if ('errorcode' in body) throw new Error(`${command}: ${String(body['errorcode'])}: ${String(body['errortext'])}`);
    const { count, ...rest } = body;
    const inner = Object.values(rest);
    if (count !== undefined || Object.keys(body).length === 0) return inner[0] ?? [];
    return inner.length === 1 && typeof inner[0] === 'object' ? inner[0] : body;
  }

  async one(command: string, values: Values = {}): Promise<Body> {
    const answer = (await this.ask(command, values)) as Body | Body[];
    const found = Array.isArray(answer) ? answer[0] : answer;
    if (!found) throw new Error(`${command} found nothing`);
    return found;
  }

  async finish(command: string, values: Values): Promise<Body> {
    const { jobid } = await this.one(command, values);
    for (let asked = 0; asked < 500; asked += 1) {
      // Flat answers stay as they are: the only object in a job is its result.
      const job = await this.one('queryAsyncJobResult', { jobid: String(jobid) });
      if (job['jobstatus'] === 1) return job['jobresult'] as Body;
      if (job['jobstatus'] === 2) throw new Error(`${command}: ${JSON.stringify(job['jobresult'])}`);
      await sleep(20);
    }
    throw new Error(`${command} is still not done`);
  }
}

const idOf = (body: Body) => String(body['id']);

it('deploys a basic zone (CS-23)', async () => {
  const management = new Marvin(integrationUrl);
  const admin = await management.one('listUsers', { account: 'admin' });
  await management.one('registerUserKeys', { id: idOf(admin) });
  const { apikey, secretkey } = await management.one('getUserKeys', { id: idOf(admin) });

  const marvin = new Marvin(server.url);
  await expect(marvin.ask('listZones')).rejects.toThrow('401');
  marvin.keys = { apikey: String(apikey), secretkey: String(secretkey) };
  expect(await marvin.ask('listZones')).toEqual([]);

  const setting = await marvin.one('updateConfiguration', { name: 'cpu.overprovisioning.factor', value: '2' });
  expect(setting).toMatchObject({ name: 'cpu.overprovisioning.factor', value: '2' });
  const zoneid = idOf(
    await marvin.one('createZone', {
      name: 'Sandbox-simulator',
      networktype: 'Basic',
      dns1: '10.147.28.6',
      dns2: '8.8.8.8',
      internaldns1: '10.147.28.7',
      internaldns2: '10.147.28.8',
      securitygroupenabled: 'true',
      localstorageenabled: 'false',
    }),
  );
  const physical = await marvin.finish('createPhysicalNetwork', { zoneid, name: 'Sandbox-pnet', isolationmethods: 'L3' });
  const physicalnetworkid = idOf(physical['physicalnetwork'] as Body);
  for (const traffictype of ['Guest', 'Management'])
    await marvin.finish('addTrafficType', { physicalnetworkid, traffictype, simulatorlabel: 'cloud-simulator-label' });
  const providerOf = async (name: string) =>
    idOf(await marvin.one('listNetworkServiceProviders', { physicalnetworkid, state: 'Disabled', name }));
  const nspid = await providerOf('VirtualRouter');
  const element = await marvin.one('listVirtualRouterElements', { nspid });
  await marvin.finish('configureVirtualRouterElement', { id: idOf(element), enabled: 'true' });
  await marvin.finish('updateNetworkServiceProvider', { id: nspid, state: 'Enabled' });
  await marvin.finish('updateNetworkServiceProvider', { id: await providerOf('SecurityGroupProvider'), state: 'Enabled' });
  await marvin.finish('updatePhysicalNetwork', { id: physicalnetworkid, state: 'Enabled' });

  const offering = await marvin.one('listNetworkOfferings', { name: 'DefaultSharedNetworkOfferingWithSGService' });
  const network = await marvin.one('createNetwork', {
    displaytext: 'guestNetworkForBasicZone',
    name: 'guestNetworkForBasicZone',
    networkofferingid: idOf(offering),
    zoneid,
  });
  const podid = idOf(
    await marvin.one('createPod', {
      name: 'POD ~ [0]',
      gateway: '10.147.29.1',
      netmask: '255.255.255.0',
      startip: '10.147.29.20',
      endip: '10.147.29.40',
      zoneid,
    }),
  );
  await marvin.one('createVlanIpRange', {
    startip: '10.147.29.60',
    endip: '10.147.29.120',
    gateway: '10.147.29.1',
    netmask: '255.255.255.0',
    networkid: idOf(network),
    podid,
    zoneid,
    vlan: 'untagged',
    forvirtualnetwork: 'false',
  });
  const clusterid = idOf(
    await marvin.one('addCluster', { clustername: 'POD0-C0', clustertype: 'CloudManaged', hypervisor: 'Simulator', podid, zoneid }),
  );
  for (const name of ['sim-1', 'sim-2']) {
    const host = await marvin.one('addHost', {
      url: `http://${name}.marvin.example.test`,
      username: 'root',
      password: 'password',
      clusterid,
      podid,
      zoneid,
      hypervisor: 'Simulator',
      hosttags: 'simulated',
    });
    expect(host).toMatchObject({ state: 'Up', hosttags: 'simulated' });
  }
  expect(await marvin.ask('listHosts', { clusterid, zoneid })).toHaveLength(2);
  const pool = await marvin.one('createStoragePool', {
    name: 'PS0',
    url: 'nfs://sim-nfs1.marvin.example.test/export/primary',
    zoneid,
    podid,
    clusterid,
  });
  expect(pool).toMatchObject({ name: 'PS0', ipaddress: 'sim-nfs1.marvin.example.test', path: '/export/primary', state: 'Up' });
  expect(
    await marvin.one('addImageStore', { provider: 'NFS', url: 'nfs://sim-nfs1.marvin.example.test/export/secondary', zoneid }),
  ).toHaveProperty('id');
  expect(await marvin.one('updateZone', { id: zoneid, allocationstate: 'Enabled' })).toMatchObject({ allocationstate: 'Enabled' });
});
