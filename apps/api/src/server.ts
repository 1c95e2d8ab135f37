// Starts one management server: database, runtime, hosts, HTTP; and stops them in the reverse order.
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { SchedulerRegistry } from '@nestjs/schedule';
import type { DataSource } from 'typeorm';
import { AppModule, areas } from './app.module.ts';
import { AccountIdentities } from './areas/account/account-identities.ts';
import { seedAccounts } from './areas/account/seed-accounts.ts';
import { ConsoleHub } from './areas/console/console-hub.ts';
import { createHostDrivers } from './areas/host/create-host-drivers.ts';
import { type ServerConfig, socketPath } from './config.ts';
import { systemClock } from './kernel/clock.ts';
import { Executor } from './kernel/command/executor.ts';
import { Registry } from './kernel/command/registry.ts';
import { openDatabase } from './kernel/db/open-database.ts';
import { createHttpServer } from './kernel/http/http-server.ts';
import { listen, refuseSecondServer } from './kernel/http/listen.ts';
import { SessionStore } from './kernel/http/session-store.ts';
import { Failpoints } from './kernel/jobs/failpoints.ts';
import type { Log } from './kernel/log/log.ts';
import { Runtime } from './kernel/runtime.ts';
import { SecretBox } from './kernel/secrets/secret-box.ts';

const databasePatienceMs = 60_000;

export interface RunningServer {
  /** Of the API, for example http://127.0.0.1:8080/client/api. */
  readonly url: string;
  readonly port: number;
  readonly dataSource: DataSource;
  readonly runtime: Runtime;
  readonly registry: Registry;
  readonly consoles: ConsoleHub;
  /** Takes no more requests, leaves running jobs at a step's end, closes everything. */
  close(): Promise<void>;
}

/** @throws DatabaseRefused and other errors whose message tells the operator what to do */
export async function startServer(config: ServerConfig, log: Log, failpoints: Failpoints = new Failpoints()): Promise<RunningServer> {
  mkdirSync(config.dataFolder, { recursive: true, mode: 0o711 });
  await refuseSecondServer(socketPath(config.dataFolder));
  const registry = new Registry(areas);
  const entities = areas.flatMap((area) => area.entities) as (new () => object)[];
  const dataSource = await openDatabase({ url: config.databaseUrl, entities, log, patienceMs: databasePatienceMs });
  const clock = systemClock;
  const secrets = SecretBox.fromFile(join(config.dataFolder, 'master.key'));
  await seedAccounts(dataSource, clock);
  const identities = new AccountIdentities(dataSource);
  const { caller: system } = await identities.getSystem();
  const drivers = createHostDrivers({ dataSource, secrets, config, clock, log });
  const consoles = new ConsoleHub({
    dataSource,
    drivers,
    secrets,
    clock,
    log,
    // Made after what it carries consoles for.
    get settings() {
      return runtime.settings;
    },
    serverId: () => runtime.lease.id,
  });
  // Nest has the timers, and is made after what uses them.
  const nest: { timers?: SchedulerRegistry } = {};
  const runtime: Runtime = new Runtime({
    dataSource,
    registry,
    clock,
    log,
    failpoints,
    server: { uuid: serverIdentity(config.dataFolder), name: hostname() },
    services: { drivers, config, secrets, consoles },
    systemOwner: system,
    timers: {
      addTimeout: (name, timer) => nest.timers!.addTimeout(name, timer),
      deleteTimeout: (name) => nest.timers!.deleteTimeout(name),
    },
  });
  const executor = new Executor({
    dataSource,
    registry,
    transactions: runtime.transactions,
    awaiter: runtime.awaiter,
    settings: runtime.settings,
    secrets,
    clock,
    log,
    services: { hypervisors: drivers.hypervisors },
  });
  const sessions = new SessionStore(dataSource, identities, runtime.settings, clock);
  const app = await createHttpServer(
    AppModule.with({
      executor,
      registry,
      identities,
      sessions,
      secrets,
      settings: runtime.settings,
      clock,
      log,
      allowDefaultPassword: config.allowDefaultPassword,
    }),
    { log, trustedProxies: config.trustedProxies },
  );
  nest.timers = app.get(SchedulerRegistry);
  await runtime.start();
  const doors = await listen(app, {
    address: config.listenAddress,
    port: config.port,
    socketPath: socketPath(config.dataFolder),
    integrationPort: config.integrationPort,
  });
  return {
    url: doors.url,
    port: doors.port,
    dataSource,
    runtime,
    registry,
    consoles,
    async close() {
      runtime.awaiter.stop();
      await doors.close();
      await consoles.close();
      await runtime.stop();
      await drivers.close();
      await dataSource.destroy();
    },
  };
}

/** The same over all starts from one data folder: jobs of the former start are this server's to resume. */
function serverIdentity(dataFolder: string): string {
  const path = join(dataFolder, 'server.id');
  if (!existsSync(path)) writeFileSync(path, `${randomUUID()}\n`, { mode: 0o600 });
  return readFileSync(path, 'utf8').trim();
}
