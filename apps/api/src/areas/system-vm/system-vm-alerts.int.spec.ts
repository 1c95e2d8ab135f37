// Alerts about system machines against the database: one row for as long as something is wrong, for each place by itself.
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { startCloud, type Cloud } from '../../../test/harness/cloud.ts';
import { systemClock } from '../../kernel/clock.ts';
import { AlertStore } from '../../kernel/events/alert-store.ts';
import { SystemVmAlerts } from './system-vm-alerts.ts';

let cloud: Cloud;
let zoneId: number;
beforeAll(async () => {
  cloud = await startCloud();
  await cloud.server.runtime.schedule.stop();
  zoneId = (await cloud.server.dataSource.query<{ id: number }[]>('SELECT id FROM zone'))[0]!.id;
});
afterAll(() => cloud.stop());
beforeEach(() => cloud.server.dataSource.query("DELETE FROM alert WHERE cause LIKE 'system-vm/%'"));

const rows = () =>
  cloud.server.dataSource.query<{ content: string; isOpen: number }[]>(
    "SELECT content, open_cause IS NOT NULL AS isOpen FROM alert WHERE cause LIKE 'system-vm/%' ORDER BY id",
  );

function read(): Promise<SystemVmAlerts> {
  const { manager } = cloud.server.dataSource;
  const { drivers } = cloud.server.runtime['options'].services;
  return SystemVmAlerts.read({ read: manager, alerts: new AlertStore(manager, systemClock), drivers, log: pino({ level: 'silent' }) });
}

const router = (podId: number) => ({ kind: 'domainrouter', zoneId, podId }) as const;
const up = { state: 'Running', agentState: 'Up' } as const;

it('stays open for the router of one pod while that of another serves', async () => {
  const alerts = await read();
  for (let round = 0; round < 3; round += 1) {
    await alerts.raise(router(1), 'no address is free');
    await alerts.clearOver([{ ...router(2), ...up }], [router(1), router(2)]);
  }
  expect(await rows()).toEqual([{ content: 'no address is free', isOpen: 1 }]);
  await alerts.clearOver(
    [1, 2].map((podId) => ({ ...router(podId), ...up })),
    [router(1), router(2)],
  );
  expect(await rows()).toEqual([{ content: 'no address is free', isOpen: 0 }]);
});

it('is over when whatever pod has what serves the zone, or nobody wants it', async () => {
  const alerts = await read();
  const place = { kind: 'consoleproxy', zoneId } as const;
  await alerts.raise({ ...place, podId: 1 }, 'v-1-VM does not answer');
  await alerts.clearOver([], [place]);
  expect((await rows()).map(({ isOpen }) => isOpen)).toEqual([1]);
  await alerts.clearOver([{ ...place, podId: 2, ...up }], [place]);
  await alerts.raise(router(1), 'no host is Up');
  await alerts.clearOver([], []);
  expect((await rows()).map(({ isOpen }) => isOpen)).toEqual([0, 0]);
});
