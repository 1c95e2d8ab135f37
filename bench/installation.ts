// What is measured: a production build of the server on a database of its own, with a simulated zone and a template.
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startThrowawayMariadb } from '../tools/mariadb.mjs';
import { ApiClient } from '../apps/api/test/harness/api-client.ts';
import { type BasicZone, createBasicZone } from '../apps/api/test/harness/basic-zone.ts';
import { writeTestImage } from '../libs/hypervisor/src/conformance/test-images.ts';
import { type Started, startProgram } from './processes.ts';

export interface Installation {
  readonly databaseUrl: string;
  readonly databaseSocket: string;
  readonly server: Started;
  readonly url: string;
  readonly keys: { readonly apiKey: string; readonly secretKey: string };
  readonly admin: ApiClient;
  readonly zone: BasicZone;
  readonly templateId: string;
  readonly offeringId: string;
  stop(): Promise<void>;
}

/** When a part does not start, those that did are ended again. */
export async function startInstallation(): Promise<Installation> {
  const started: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of started.splice(0).reverse()) await end();
  };
  try {
    return { ...(await startParts(started)), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(started: (() => Promise<void>)[]): Promise<Omit<Installation, 'stop'>> {
  const database = await startThrowawayMariadb();
  started.push(() => database.stop());
  const folder = mkdtempSync(join(tmpdir(), 'strata-bench-'));
  started.push(async () => rmSync(folder, { recursive: true, force: true }));
  const server = await startProgram('apps/api/dist/main.js', [], {
    STRATA_DATABASE_URL: database.url,
    STRATA_DATA: folder,
    STRATA_PORT: '0',
    STRATA_SIMULATOR: '1',
    NODE_ENV: 'production',
  });
  started.push(() => server.stop());
  const url = String((JSON.parse(server.firstLine) as { url: string }).url);
  const local = ApiClient.local(join(folder, 'run', 'strata.sock'));
  const admin = (await local.list('listUsers', { username: 'admin' }))[0]!;
  const { userkeys } = (await local.call('registerUserKeys', { id: String(admin['id']) })) as {
    userkeys: { apikey: string; secretkey: string };
  };
  const keys = { apiKey: userkeys.apikey, secretKey: userkeys.secretkey };
  const client = ApiClient.signed(url, keys, new Agent({ keepAlive: true, maxSockets: 32 }));
  const zone = await createBasicZone(client, { hosts: 4, guestAddresses: 1_000 });
  const image = join(folder, 'guest.qcow2');
  await writeTestImage(image, { virtualSizeBytes: 64 * 2 ** 20 });
  const template = await local.run('installTemplate', {
    path: image,
    name: 'bench',
    ostype: 'Other Linux (64-bit)',
    format: 'QCOW2',
    secondary: zone.storeUrl,
    hypervisor: 'Simulator',
  });
  const offering = (await client.call('createServiceOffering', {
    name: 'bench',
    displaytext: 'bench',
    cpunumber: 1,
    cpuspeed: 100,
    memory: 64,
  })) as { serviceoffering: { id: string } };
  // Reconcilers have run once and caches are warm.
  await sleep(3_000);
  return {
    databaseUrl: database.url,
    databaseSocket: database.socket,
    server,
    url,
    keys,
    admin: client,
    zone,
    templateId: String(template['id']),
    offeringId: offering.serviceoffering.id,
  };
}
