// Every saga of hosts, the doctor and the inventory: each step may run twice, and none leaves a trace on hosts or in rows when it fails.
import { join } from 'node:path';
import { SimulatedFleet } from '@strata/hypervisor';
import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Params } from '../../../test/harness/api-client.ts';
import { playRound, roundsOf, type SagaRig } from '../../../test/harness/check-saga.ts';
import { createPlace, type Place } from '../../../test/harness/place.ts';
import { startTestServer, type TestServer } from '../../../test/harness/test-server.ts';
import { examine } from '../doctor/examine.saga.ts';
import { compareInventory } from '../inventory/compare-inventory.saga.ts';
import { bringUpHost } from './bring-up-host.saga.ts';
import { connectHost } from './connect-host.saga.ts';
import { releaseHost } from './release-host.saga.ts';

let server: TestServer;
let place: Place;
let fleet: SimulatedFleet;
let hosts = 0;

beforeAll(async () => {
  server = await startTestServer();
  place = await createPlace(server.admin);
  fleet = new SimulatedFleet({ journalPath: join(server.config.dataFolder, 'simulator.journal') });
  await server.admin.call('addHost', hostOf('sim-0.saga.test'));
  await server.admin.call('createStoragePool', { ...place, name: 'primary', url: 'nfs://sim-nfs/primary' });
});
afterAll(async () => {
  fleet.close();
  await server.stop();
});

const hostOf = (address: string): Params => ({
  ...place,
  hypervisor: 'Simulator',
  url: `http://${address}`,
  username: 'root',
  password: 'password',
});

/** Rows and the host itself, once the health check has had its say. */
async function fingerprint(address: string): Promise<string> {
  await server.runtime.schedule.wake('host-health');
  fleet.catchUp();
  const rows = (sql: string) => server.dataSource.query(sql, [address]);
  const host = fleet.findHost(address);
  const world = {
    host: await rows('SELECT state, resource_state, ready, host_key_sha256, arch, libvirt_version, checks FROM host WHERE address = ?'),
    capacity: await rows('SELECT c.* FROM host_capacity c JOIN host h ON h.id = c.host_id WHERE h.address = ?'),
    strays: await rows('SELECT COUNT(*) AS n FROM host_capacity WHERE host_id NOT IN (SELECT id FROM host) AND ? IS NOT NULL'),
    logins: await server.dataSource.query('SELECT COUNT(*) AS n FROM host_login'),
    alerts: await server.dataSource.query('SELECT subject FROM alert WHERE open_cause IS NOT NULL'),
    keys: host?.keys ?? [],
    mounts: (host?.mounts ?? []).map(({ server: from, path }) => `${from}:${path}`),
  };
  return JSON.stringify(world, undefined, 1)
    .replaceAll(address, '<host>')
    .replaceAll(/[0-9A-Za-z+/]{43}/g, '<key>')
    .replaceAll(/"host_id": \d+/g, '"host_id": 0');
}

/** Each round has a host of its own. */
async function rig(command: string, prepare: (address: string) => Promise<Params>): Promise<SagaRig> {
  const address = `sim-${(hosts += 1)}.saga.test`;
  const params = await prepare(address);
  return {
    failpoints: server.failpoints,
    async start() {
      const { jobid = '' } = await server.admin.call(command, params);
      return String(jobid);
    },
    async end(jobUuid) {
      // Commands that clients know as synchronous have ended when they answer.
      return jobUuid === '' ? 'succeeded' : (await server.runtime.awaiter.whenDone(jobUuid, 20_000)).state;
    },
    fingerprint: () => fingerprint(address),
    close: async () => server.failpoints.set(''),
  };
}

async function added(address: string): Promise<Params> {
  const { host } = (await server.admin.call('addHost', hostOf(address))) as { host: { id: string }[] };
  return { id: host[0]!.id };
}

const cases = [
  { saga: bringUpHost, irreversible: [], makeRig: () => rig('addHost', async (address) => hostOf(address)) },
  { saga: connectHost, irreversible: [], makeRig: () => rig('reconnectHost', added) },
  // The key that was taken back can't be given again without the password.
  { saga: releaseHost, irreversible: ['released'], makeRig: () => rig('deleteHost', added) },
  { saga: examine, irreversible: [], makeRig: () => rig('runDoctor', async (address) => ({ host: address, password: 'password' })) },
  { saga: compareInventory, irreversible: [], makeRig: () => rig('verifyInventory', async () => ({})) },
];

describe.each(cases)('$saga.name', ({ saga, irreversible, makeRig }) => {
  it.each(roundsOf(saga, irreversible))('$title', (round) => playRound(round, makeRig));
});
