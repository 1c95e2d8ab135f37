// runDoctor on the simulator: the same checks as addHost and createStoragePool, with nothing added.
import type { CheckResult } from '@strata/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPlace, type Place } from '../../../test/harness/place.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';

let server: TestServer;
let place: Place;

beforeAll(async () => {
  server = await startTestServer();
  place = await createPlace(server.admin);
});
afterAll(() => server.stop());

const run = async (params: Record<string, string> = {}) => (await server.admin.list('runDoctor', params)) as unknown as CheckResult[];
const levels = (results: readonly CheckResult[]) => Object.fromEntries(results.map(({ code, level }) => [code, level]));
const rows = async (sql: string) => Number((await server.dataSource.query<{ n: number }[]>(`SELECT COUNT(*) AS n FROM ${sql}`))[0]!.n);

describe('runDoctor', () => {
  it('checks the management server and its database', async () => {
    const found = levels(await run());
    for (const code of ['management.node', 'management.dataFolder', 'database.version', 'hosts.states']) expect(found[code]).toBe('green');
  });

  it('finds nothing wrong with a good host and adds nothing', async () => {
    const found = await run({ host: 'sim-1.rack.test', username: 'root', password: 'password' });
    expect(found.filter(({ level }) => level === 'red')).toEqual([]);
    expect(levels(found)).toMatchObject({ 'host.login': 'green', 'host.libvirt': 'green', 'host.clock': 'green' });
    expect(await rows('host')).toBe(0);
    expect(await rows('host_login')).toBe(0);
    expect(levels(await run({ host: 'sim-1.rack.test' }))).toEqual({ 'host.login': 'red' });
  });

  it.each([
    ['sim-2-clock-nonfs.rack.test', 'password', { 'host.clock': 'red', 'host.nfsClient': 'red' }],
    ['sim-3.rack.test', 'wrong', { 'host.login': 'red' }],
    ['sim-4-closed.rack.test', 'password', { 'host.login': 'red' }],
    ['nowhere.test', 'password', { 'host.login': 'red' }],
  ])('tells what is wrong with %s (%s)', async (host, password, expected) => {
    const found = await run({ host, username: 'root', password, hypervisor: 'Simulator' });
    expect(levels(found)).toMatchObject(expected);
    for (const result of found)
      if (result.level === 'red') expect([result.cause, result.remedy].every((text) => text.length > 10)).toBe(true);
    expect(await rows('host_login')).toBe(0);
  });

  it('CS-05 compares with the pod when it is named', async () => {
    expect(levels(await run({ host: '198.18.0.9', password: 'password', podid: place.podid }))['host.podSubnet']).toBe('red');
  });

  it('looks at exports from a host that is Up', async () => {
    await server.admin.call('addHost', {
      ...place,
      hypervisor: 'Simulator',
      url: 'http://sim-9.rack.test',
      username: 'root',
      password: 'password',
    });
    const good = await run({ nfs: 'nfs://sim-nfs/export/primary' });
    expect(good[0]).toMatchObject({ code: 'nfs.from', measured: 'host sim-9.rack.test' });
    expect(levels(good)).toMatchObject({ 'nfs.mount': 'green', 'nfs.write': 'green' });
    expect(levels(await run({ nfs: 'nfs://sim-nfs/export/readonly' }))['nfs.write']).toBe('red');
    expect(levels(await run({ nfs: 'nfs://sim-nfs-closed/export/primary' }))['nfs.ports']).toBe('red');
    expect((await run({ host: 'sim-9.rack.test' })).filter(({ level }) => level === 'red')).toEqual([]);
  });

  it('refuses what is neither host nor export', async () => {
    expect((await server.admin.refused('runDoctor', { host: 'sim-1.test', nfs: 'nfs://a/b' })).text).toMatch(/exclude each other/);
    expect((await server.admin.refused('runDoctor', { nfs: 'ftp://a/b' })).code).toBe(431);
    expect(await rows('host_login')).toBe(0);
  });
});
