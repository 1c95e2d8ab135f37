// Settings through the API: found, typed, scoped, kept, seen by other servers.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';
import { SettingsStore } from '../../kernel/settings/settings-store.ts';
import { createLog } from '../../kernel/log/log.ts';
import { cpuOverprovisioningFactor } from '../capacity/overcommit.settings.ts';
import { expungeDelaySeconds } from '../vm/vm.settings.ts';

let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

describe('listConfigurations', () => {
  it.each(['use.local.storage', 'swift.enable', 'vmware.use.nexus.vswitch', 'ha.tag'])(
    'finds %s for clients of the 3.0 era',
    async (name) => {
      const [found] = await server.admin.list('listConfigurations', { name });
      expect(found).toMatchObject({ name, value: expect.any(String) as string });
    },
  );

  it('finds by part of the name, category and keyword, in pages', async () => {
    const all = await server.admin.call('listConfigurations', { page: 1, pagesize: 2 });
    expect(all['count']).toBeGreaterThan(2);
    expect(all['configuration']).toHaveLength(2);
    expect(await server.admin.list('listConfigurations', { name: 'overprov' })).toHaveLength(3);
    expect(await server.admin.list('listConfigurations', { category: 'compatibility' })).toHaveLength(4);
    expect((await server.admin.list('listConfigurations', { keyword: 'recovered before it is expunged' }))[0]).toMatchObject({
      name: 'expunge.delay',
      type: 'Number',
      scope: 'global',
    });
  });
});

describe('updateConfiguration', () => {
  it('changes a value at once here and within a beat elsewhere; resetConfiguration gives it back', async () => {
    const other = new SettingsStore(server.dataSource, [expungeDelaySeconds], createLog('silent'));
    await other.load();
    server.runtime.lease.onBeat(({ settingsVersion }) => void other.noticeVersion(settingsVersion));
    const { configuration } = (await server.admin.call('updateConfiguration', { name: 'expunge.delay', value: '60' })) as {
      configuration: object;
    };
    expect(configuration).toMatchObject({ name: 'expunge.delay', value: '60', defaultvalue: '86400' });
    expect(server.runtime.settings.get(expungeDelaySeconds)).toBe(60);
    expect(other.get(expungeDelaySeconds)).toBe(86_400);
    await server.runtime.lease.beat();
    await expect.poll(() => other.get(expungeDelaySeconds)).toBe(60);
    await server.admin.call('resetConfiguration', { name: 'expunge.delay' });
    expect(server.runtime.settings.get(expungeDelaySeconds)).toBe(86_400);
    expect((await server.admin.list('listConfigurations', { name: 'expunge.delay' }))[0]).toMatchObject({ value: '86400' });
  });

  it('sets a value for one cluster and leaves the others alone', async () => {
    const [cluster] = await server.admin.list('addCluster', await clusterOf(server, 'Simulator'));
    const clusterid = String(cluster!['id']);
    await server.admin.call('updateConfiguration', { name: 'cpu.overprovisioning.factor', value: '4', clusterid });
    expect((await server.admin.list('listConfigurations', { name: 'cpu.over', clusterid }))[0]).toMatchObject({ value: '4' });
    expect((await server.admin.list('listConfigurations', { name: 'cpu.over' }))[0]).toMatchObject({ value: '1' });
    expect(server.runtime.settings.get(cpuOverprovisioningFactor)).toBe(1);
    expect((await server.admin.list('listConfigurations', { clusterid })).map(({ name }) => name)).not.toContain('expunge.delay');
    expect((await server.admin.refused('updateConfiguration', { name: 'expunge.delay', value: '1', clusterid })).text).toContain(
      'per cluster',
    );
  });

  it.each([
    [{ name: 'expunge.delay', value: 'soon' }, 'a number is expected'],
    [{ name: 'expunge.delay', value: '-1' }, 'seconds from 0'],
    [{ name: 'allow.user.expunge.recover.vm', value: 'maybe' }, 'true or false is expected'],
    [{ name: 'no.such.setting', value: '1' }, 'there is no setting'],
    [{ name: 'expunge.delay' }, 'needs a value'],
    [{ value: '1' }, 'missing parameter name'],
  ])('refuses %o and changes nothing', async (params, text) => {
    const error = await server.admin.refused('updateConfiguration', params);
    expect(error).toMatchObject({ code: 431, text: expect.stringContaining(text) as string });
    expect(server.runtime.settings.get(expungeDelaySeconds)).toBe(86_400);
  });
});

describe('what the cloud can do', () => {
  it('is told with supportELB as a string, and as it is', async () => {
    const { capability } = (await server.admin.call('listCapabilities')) as { capability: Record<string, unknown> };
    expect(capability).toMatchObject({
      supportELB: 'false',
      cloudstackversion: expect.any(String) as string,
      defaultuipagesize: 20,
      customdiskofferingminsize: 1,
      customdiskofferingmaxsize: 65_536,
      userpublictemplateenabled: true,
      allowuserforcestopvm: true,
      allowuserviewdestroyedvm: true,
      allowuserexpungerecovervm: false,
    });
    await server.admin.call('updateConfiguration', { name: 'allow.user.expunge.recover.vm', value: 'true' });
    expect(await server.admin.call('listCapabilities')).toMatchObject({ capability: { allowuserexpungerecovervm: true } });
    await server.admin.call('resetConfiguration', { name: 'allow.user.expunge.recover.vm' });
  });

  it.each([
    ['securitygroupsenabled', 'createSecurityGroup'],
    ['allowusercreateprojects', 'createProject'],
    ['kvmsnapshotenabled', 'createSnapshot'],
    ['allowuserexpungerecovervolume', 'recoverVolume'],
    ['dynamicrolesenabled', 'createRole'],
    ['dynamicscalingenabled', 'scaleVirtualMachine'],
    ['kubernetesserviceenabled', 'createKubernetesCluster'],
  ])('%s promises nothing that no command does', async (field, name) => {
    const { capability } = (await server.admin.call('listCapabilities')) as { capability: Record<string, unknown> };
    expect([false, server.registry.find(name) !== undefined]).toContain(capability[field]);
  });

  it('names hypervisors for all and per zone', async () => {
    expect(await server.admin.list('listHypervisors')).toEqual([{ name: 'KVM' }, { name: 'Simulator' }]);
    const [zone] = await server.admin.list('listZones');
    expect(await server.admin.list('listHypervisors', { zoneid: String(zone!['id']) })).toEqual([{ name: 'Simulator' }]);
  });
});

describe('listHypervisorCapabilities', () => {
  it('says what each hypervisor can do, and finds one by id or name', async () => {
    const all = await server.admin.list('listHypervisorCapabilities');
    expect(all.map(({ hypervisor, securitygroupenabled }) => [hypervisor, securitygroupenabled])).toEqual([
      ['KVM', true],
      ['Simulator', true],
    ]);
    expect(await server.admin.list('listHypervisorCapabilities', { hypervisor: 'kvm' })).toEqual([all[0]]);
    expect(await server.admin.list('listHypervisorCapabilities', { id: String(all[1]!['id']) })).toEqual([all[1]]);
    expect((await server.admin.refused('listHypervisorCapabilities', { id: '00000000-0000-4000-8000-00000000dead' })).code).toBe(431);
  });
});

describe('a server without the simulator', () => {
  let plain: TestServer;
  beforeAll(async () => {
    plain = await startTestServer({ simulator: false });
  });
  afterAll(() => plain.stop());

  it('does not name it, and takes no cluster for it', async () => {
    expect(await plain.admin.list('listHypervisors')).toEqual([{ name: 'KVM' }]);
    const refused = await plain.admin.refused('addCluster', await clusterOf(plain, 'Simulator'));
    expect(refused).toMatchObject({
      code: 431,
      text: expect.stringContaining(
        'Simulator is not offered by this server: choose KVM, or start the server with STRATA_SIMULATOR=1',
      ) as string,
    });
    expect(await plain.admin.list('listClusters')).toEqual([]);
  });
});

async function clusterOf(at: TestServer, hypervisor: string): Promise<Record<string, string>> {
  const { zone } = (await at.admin.call('createZone', {
    name: 'plain',
    networktype: 'Basic',
    dns1: '8.8.8.8',
    internaldns1: '10.0.0.2',
  })) as { zone: { id: string } };
  const range = { gateway: '10.0.0.1', netmask: '255.255.0.0', startip: '10.0.200.1', endip: '10.0.200.50' };
  const { pod } = (await at.admin.call('createPod', { zoneid: zone.id, name: 'p', ...range })) as { pod: { id: string } };
  return { zoneid: zone.id, podid: pod.id, hypervisor, clustertype: 'CloudManaged', clustername: 'c' };
}
