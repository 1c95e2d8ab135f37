// F10: the database is killed under a server at work: each request is answered soon and in words, and once it is back all goes on.
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { writeTestImage } from '../../../libs/hypervisor/src/conformance/test-images.ts';
import { type MariadbServer, startMariadb } from '../../../tools/mariadb.mjs';
import type { Body, Params } from './harness/api-client.ts';
import { createBasicZone } from './harness/basic-zone.ts';
import { type ServerProcess, startServerProcess } from './harness/server-process.ts';

/** Above the pool of connections: some requests wait for one when the database dies. */
const parallelRequests = 60;
const answerWithinMs = 10_000;
/** How long a simulated host takes to start a machine: the step ends while its end can't be stored. */
const startMs = 500;

const folder = mkdtempSync(join(tmpdir(), 'strata-db-away-'));
const data = join(folder, 'data');
let mariadb: MariadbServer;
let server: ServerProcess;
let deployment: Params;

beforeAll(async () => {
  // The database's own account must be able to pass.
  chmodSync(folder, 0o711);
  mariadb = await startMariadb({ dataDir: join(folder, 'db'), durable: true });
  server = await startServerProcess({ databaseUrl: mariadb.url, dataFolder: data });
  const { local } = server;
  const zone = await createBasicZone(local);
  const image = join(folder, 'guest.qcow2');
  await writeTestImage(image, { virtualSizeBytes: 64 * 2 ** 20 });
  chmodSync(image, 0o644);
  const template = await local.run('installTemplate', {
    path: image,
    name: 'guest',
    ostype: 'Other Linux (64-bit)',
    format: 'QCOW2',
    secondary: zone.storeUrl,
    hypervisor: 'Simulator',
  });
  const { serviceoffering } = (await local.call('createServiceOffering', {
    name: 'tiny',
    displaytext: 'tiny',
    cpunumber: 1,
    cpuspeed: 500,
    memory: 256,
  })) as { serviceoffering: Body };
  deployment = { zoneid: zone.zoneId, templateid: String(template['id']), serviceofferingid: String(serviceoffering['id']) };
});

afterAll(async () => {
  await server.stop();
  await mariadb.stop();
  rmSync(folder, { recursive: true, force: true });
});

const text = async (params: Params): Promise<{ status: number; text: string }> =>
  server.local.send(server.local.query({ response: 'json', ...params }));

it('F10: answers soon and in words while the database is away, and goes on by itself when it is back', async () => {
  await appendFile(join(data, 'simulator.journal'), `${JSON.stringify({ do: 'latency', method: 'startMachine', ms: startMs })}\n`);
  const { jobid } = await server.local.call('deployVirtualMachine', deployment);
  const { port, pid } = mariadb;
  // Reads under way, reads that wait for a connection, and reads and changes that come later.
  const before = Array.from({ length: parallelRequests }, () => text({ command: 'listVirtualMachines', listall: true }));
  process.kill(pid, 'SIGKILL');
  const killedAt = performance.now();
  const change: Params = { command: 'createServiceOffering', name: 'lost', displaytext: 'lost', cpunumber: 1, cpuspeed: 500, memory: 128 };
  const after = Array.from({ length: parallelRequests }, (_, at) =>
    text(at % 2 === 0 ? { command: 'listZones' } : { ...change, name: `lost ${at}` }),
  );
  const replies = await Promise.all([...before, ...after]);
  expect(performance.now() - killedAt).toBeLessThan(answerWithinMs);
  for (const reply of replies.filter(({ status }) => status !== 200)) {
    expect(reply.status).toBe(534);
    expect(reply.text).toContain('./strata up');
    expect(reply.text).not.toContain('internal error');
  }
  const later = await text(change);
  expect(later).toMatchObject({ status: 534 });
  expect(later.text).toContain(
    'the database does not answer, so the request was not carried out: start the database (./strata up), then repeat',
  );

  await sleep(2 * startMs);
  mariadb = await startMariadb({ dataDir: join(folder, 'db'), durable: true, port });
  // The very next requests find it, more of them than there are connections.
  const again = await Promise.all(Array.from({ length: parallelRequests }, () => text({ command: 'listZones' })));
  expect(again.map(({ status }) => status)).toEqual(again.map(() => 200));
  expect(await server.local.result(String(jobid))).toMatchObject({ state: 'Running' });
  const { serviceoffering } = (await server.local.call('createServiceOffering', {
    name: 'found',
    displaytext: 'found',
    cpunumber: 1,
    cpuspeed: 500,
    memory: 128,
  })) as { serviceoffering: Body };
  expect(serviceoffering).toMatchObject({ name: 'found' });
  // What was said not to have happened has not.
  const offerings = await server.local.list('listServiceOfferings', { name: 'lost' });
  expect(offerings).toEqual([]);
  await expect.poll(async () => server.local.list('verifyInventory'), { timeout: 15_000, interval: 500 }).toEqual([]);
});
