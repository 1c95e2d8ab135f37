// addHost on the simulator: each fault refused under its own name, nothing left behind, no password kept.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiError } from '../../../test/harness/api-client.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';
import { createPlace, type Place } from '../../../test/harness/place.ts';

let server: TestServer;
let place: Place;

beforeAll(async () => {
  server = await startTestServer();
  place = await createPlace(server.admin);
});
afterAll(() => server.stop());

const add = (host: string, more: Record<string, string> = {}) =>
  server.admin.call('addHost', {
    ...place,
    hypervisor: 'Simulator',
    url: `http://${host}`,
    username: 'root',
    password: 'password',
    ...more,
  });

async function refused(host: string, more: Record<string, string> = {}): Promise<ApiError> {
  return server.admin.refused('addHost', {
    ...place,
    hypervisor: 'Simulator',
    url: `http://${host}`,
    username: 'root',
    password: 'password',
    ...more,
  });
}

const rows = async (sql: string) => Number((await server.dataSource.query<{ n: number }[]>(`SELECT COUNT(*) AS n FROM ${sql}`))[0]!.n);

describe('addHost', () => {
  it('answers the host as clients read it, Up and with its capacity', async () => {
    const { count, host } = (await add('sim-1.rack.test', { hosttags: 'undefined' })) as { count: number; host: Record<string, unknown>[] };
    expect(count).toBe(1);
    expect(host[0]).toMatchObject({
      name: 'sim-1.rack.test',
      type: 'Routing',
      state: 'Up',
      resourcestate: 'Enabled',
      hypervisor: 'Simulator',
      ipaddress: 'sim-1.rack.test',
      cpunumber: 16,
      cpuspeed: 2_600,
      memorytotal: 64 * 2 ** 30,
      capabilities: 'hvm',
      zoneid: place.zoneid,
      podid: place.podid,
      clusterid: place.clusterid,
    });
    expect(host[0]).not.toHaveProperty('hosttags');
    const [cluster] = await server.admin.list('listClusters', { id: place.clusterid });
    expect(cluster).toMatchObject({ arch: 'x86_64' });
  });

  it('tells what the checks warn of as an event', async () => {
    const events = await server.admin.list('listEvents', { type: 'HOST.CREATE', level: 'WARN' });
    expect(events).toMatchObject([{ state: 'Completed', resourcetype: 'Host' }]);
    expect(events[0]!['description']).toMatch(
      /^host sim-1\.rack\.test is in use although a check warns\. Subnet of the pod: .*add the host by its IPv4 address$/,
    );
  });

  it('keeps the password nowhere and the private key only sealed', async () => {
    expect(await rows('host_login')).toBe(0);
    const jobs = await server.dataSource.query<{ input: string }[]>('SELECT input FROM job');
    const steps = await server.dataSource.query<{ output: string | null }[]>('SELECT output FROM job_step');
    expect(JSON.stringify([jobs, steps])).not.toContain('"password"');
    const keys = await server.dataSource.query<{ publicKey: string; sealed: string }[]>(
      'SELECT public_key AS publicKey, sealed_private_key AS sealed FROM management_key',
    );
    expect(keys).toHaveLength(1);
    expect(keys[0]!.publicKey).toMatch(/^ssh-ed25519 \S+ strata management key [0-9a-f-]{36}$/);
    expect(keys[0]!.sealed).toMatch(/^v1:/);
  });

  it('takes a disabled host, and one by the management key that is there already', async () => {
    const { host } = (await add('sim-2.rack.test', { allocationstate: 'Disabled', hosttags: 'ssd,fast' })) as {
      host: Record<string, unknown>[];
    };
    expect(host[0]).toMatchObject({ resourcestate: 'Disabled', hosttags: 'ssd,fast' });
  });

  it.each<[string, string, Record<string, string>, RegExp]>([
    ['unknown name', 'nowhere.test', {}, /does not resolve on the management server/],
    ['closed port', 'sim-10-closed.rack.test', {}, /refuses connections to port 22/],
    ['no answer', 'sim-11-silent.rack.test', {}, /does not answer: the host is down/],
    ['wrong password', 'sim-12.rack.test', { password: 'wrong' }, /does not accept this user name and password/],
    ['no key', 'sim-13.rack.test', { password: '' }, /does not accept the management key/],
    ['CS-25 no full name', 'sim-14-nofqdn.rack.test', {}, /does not resolve on the machine itself/],
    ['CS-47 no libvirt', 'sim-15-nolibvirt.rack.test', {}, /libvirt daemon is not installed/],
    ['CS-47 old libvirt', 'sim-16-oldlibvirt.rack.test', {}, /libvirt 1\.2\.9 is too old/],
    ['CS-47 no QEMU', 'sim-17-noqemu.rack.test', {}, /QEMU is not installed/],
    ['CS-16 no virtualisation', 'sim-18-novt.rack.test', {}, /VT\/SVM is disabled or missing/],
    ['CS-06 other architecture', 'sim-19-arm.rack.test', {}, /architecture differs from that of cluster/],
    ['CS-19 machines of others', 'sim-20-guests.rack.test', {}, /not ours run on it.*foreign-web/],
    ['no guest bridge', 'sim-21-nobridge.rack.test', {}, /guest bridge cloudbr0 is missing/],
    ['CS-50 clock off', 'sim-22-clock.rack.test', {}, /more than a minute/],
    ['no NFS client', 'sim-23-nonfs.rack.test', {}, /NFS client is missing/],
    ['CS-20 no root', 'sim-24-notroot.rack.test', {}, /no rights of root/],
    ['CS-05 other subnet', '198.18.7.7', {}, /outside the subnet of pod/],
    ['added before', 'sim-1.rack.test', {}, /was already added/],
    ['no such address', 'http://a b', {}, /is not the address of a host/],
    ['login that is a command', 'sim-25.rack.test', { username: 'root;reboot' }, /cannot be a login/],
    ['other hypervisor', 'sim-26.rack.test', { hypervisor: 'KVM' }, /is for Simulator hosts/],
    ['tag with a blank', 'sim-27.rack.test', { hosttags: 'a b' }, /cannot be a tag/],
  ])('refuses %s and leaves nothing', async (_what, host, more, text) => {
    const before = await rows('host');
    expect((await refused(host, more)).text).toMatch(text);
    expect(await rows('host')).toBe(before);
    expect(await rows('host_login')).toBe(0);
  });

  it('names every red check at once', async () => {
    const { text } = await refused('sim-30-clock-nonfs-nolibvirt.rack.test');
    for (const cause of [/more than a minute/, /NFS client is missing/, /libvirt daemon/]) expect(text).toMatch(cause);
  });

  it('refuses a pod of another zone and a cluster of another pod', async () => {
    const other = await createPlace(server.admin, 'other', '10.9.0.1');
    expect((await refused('sim-31.rack.test', { podid: other.podid })).text).toMatch(/is not in zone/);
    expect((await refused('sim-31.rack.test', { clusterid: other.clusterid })).text).toMatch(/is not in pod/);
  });

  it('takes back key and rows when a later step fails', async () => {
    server.failpoints.set('addHost:mounts:error');
    try {
      await refused('sim-40.rack.test');
    } finally {
      server.failpoints.set('');
    }
    expect(await rows("host WHERE address = 'sim-40.rack.test'")).toBe(0);
    expect((await refused('sim-40.rack.test', { password: '' })).text).toMatch(/does not accept the management key/);
  });

  it('repeats each step without another effect', async () => {
    server.failpoints.set('addHost:inspection:repeat,addHost:key:repeat,addHost:mounts:repeat');
    try {
      await add('sim-41.rack.test');
    } finally {
      server.failpoints.set('');
    }
    expect(await rows("host WHERE address = 'sim-41.rack.test' AND state = 'Up' AND ready")).toBe(1);
  });
});
