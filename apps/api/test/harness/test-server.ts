// A whole management server for a test file: real HTTP, a database of its own, the simulator as hosts.
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inject } from 'vitest';
import { createDataSource } from '../../src/kernel/db/data-source.ts';
import { Failpoints } from '../../src/kernel/jobs/failpoints.ts';
import { createLog, type Log } from '../../src/kernel/log/log.ts';
import type { ServerConfig } from '../../src/config.ts';
import { type RunningServer, startServer } from '../../src/server.ts';
import { ApiClient } from './api-client.ts';

export interface TestServer extends RunningServer {
  readonly config: ServerConfig;
  /** The root administrator, by signed requests. */
  readonly admin: ApiClient;
  /** The system, through the trusted socket. */
  readonly local: ApiClient;
  readonly failpoints: Failpoints;
  /** A client with the keys of another user. */
  as(keys: { apiKey: string; secretKey: string }): ApiClient;
  /** Without credentials. */
  readonly anonymous: ApiClient;
  /** Ends the server, its database and its folder. */
  stop(): Promise<void>;
}

/** @param log in place of the silent one, to look at what the server writes */
export async function startTestServer(overrides: Partial<ServerConfig> = {}, log?: Log): Promise<TestServer> {
  const name = `cloud_test_${randomUUID().slice(0, 8)}`;
  const place = new URL(inject('databaseUrl'));
  const owner = await createDataSource({ url: place.href, entities: [], poolSize: 1 }).initialize();
  await owner.query(`CREATE DATABASE ${name}`);
  place.pathname = `/${name}`;
  const dataFolder = mkdtempSync(join(tmpdir(), 'strata-test-'));
  const config: ServerConfig = {
    databaseUrl: place.href,
    dataFolder,
    systemVmImageFolder: join(dataFolder, 'systemvm'),
    listenAddress: '127.0.0.1',
    port: 0,
    integrationPort: 0,
    simulator: true,
    emulation: false,
    allowDefaultPassword: false,
    logLevel: 'silent',
    trustedProxies: [],
    ...overrides,
  };
  const failpoints = new Failpoints();
  const running = await startServer(config, log ?? createLog(process.env['STRATA_TEST_LOG'] ?? config.logLevel), failpoints);
  const local = ApiClient.local(join(dataFolder, 'run', 'strata.sock'));
  const as = (keys: { apiKey: string; secretKey: string }) => ApiClient.signed(running.url, keys);
  return {
    ...running,
    config,
    failpoints,
    as,
    admin: as(await adminKeys(local)),
    local,
    anonymous: ApiClient.anonymous(running.url),
    async stop() {
      await running.close();
      await owner.query(`DROP DATABASE ${name}`);
      await owner.destroy();
      rmSync(dataFolder, { recursive: true, force: true });
    },
  };
}

async function adminKeys(local: ApiClient): Promise<{ apiKey: string; secretKey: string }> {
  const users = await local.list('listUsers', { username: 'admin' });
  const { userkeys } = (await local.call('registerUserKeys', { id: users[0]!['id'] as string })) as {
    userkeys: { apikey: string; secretkey: string };
  };
  return { apiKey: userkeys.apikey, secretKey: userkeys.secretkey };
}
