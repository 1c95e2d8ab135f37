// Contract of live migration: the machine goes on at the target, and whatever breaks, one copy runs.
import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostAddress, MachineSpec } from '../specs.ts';
import { powerOf, specWithClone } from './machine-contract.ts';
import { eventually, expectFailure, type Stage } from './rig.ts';

const logBytes = 256 * 1024;
const timeoutMs = 60_000;

export function migrationContract(stage: () => Stage): void {
  describe('live migration', { timeout: 120_000 }, () => {
    let machine: MachineSpec;

    beforeAll(async () => {
      machine = { ...(await specWithClone(stage(), 'moved')), consolePassword: 'aB3dE6gH' };
    });

    afterAll(async () => {
      const { driver, hosts } = stage().rig;
      for (const host of hosts) {
        await driver.stopMachine(host, machine.name, 'forced', 10_000);
        await driver.removeMachine(host, machine.name);
      }
    });

    const powers = async (): Promise<string[]> =>
      Promise.all(stage().rig.hosts.map((host: HostAddress) => powerOf(stage(), host, machine.name)));

    it('does not move what does not run', async () => {
      const { driver, hosts } = stage().rig;
      expect(await driver.settleMigration(hosts[0], hosts[1], machine.name)).toBe('neither');
      await expectFailure(driver.migrateMachine(hosts[0], hosts[1], machine, timeoutMs), 'missing');
    });

    it('L07 goes on at the target with its serial log and leaves nothing at the source, however often it is asked', async () => {
      const { driver, hosts } = stage().rig;
      await driver.startMachine(hosts[0], machine);
      const read = (host: HostAddress): Promise<string> => driver.readSerialLog(host, machine.name, logBytes);
      const before = await eventually(
        () => read(hosts[0]),
        (text) => text.trim() !== '',
      );
      expect(await driver.settleMigration(hosts[0], hosts[1], machine.name)).toBe('source');
      await driver.migrateMachine(hosts[0], hosts[1], machine, timeoutMs);
      await driver.migrateMachine(hosts[0], hosts[1], machine, timeoutMs);
      expect(await powers()).toEqual(['absent', 'running']);
      expect(await driver.settleMigration(hosts[0], hosts[1], machine.name)).toBe('target');
      expect(await driver.listMachines(hosts[1])).toContainEqual({ name: machine.name, uuid: machine.uuid, power: 'running' });
      expect((await read(hosts[1])).startsWith(before)).toBe(true);
      expect(await read(hosts[0])).toBe('');
      await driver.rebootMachine(hosts[1], machine.name);
      const after = await eventually(
        () => read(hosts[1]),
        (text) => text.length > before.length,
      );
      expect(after.length).toBeGreaterThan(before.length);
    });

    it('F03 is known to have arrived when its source does not answer any more, and is not taken for it before', async () => {
      const { driver, hosts } = stage().rig;
      const away = (host: HostAddress): HostAddress => ({ ...host, key: randomUUID(), port: 1 });
      expect(await driver.settleMigration(away(hosts[0]), hosts[1], machine.name)).toBe('target');
      await driver.migrateMachine(away(hosts[0]), hosts[1], machine, timeoutMs);
      await expectFailure(driver.settleMigration(away(hosts[1]), hosts[0], machine.name), 'unreachable');
      await expectFailure(driver.migrateMachine(away(hosts[1]), hosts[0], machine, timeoutMs), 'unreachable');
      await expectFailure(driver.settleMigration(hosts[0], away(hosts[1]), machine.name), 'unreachable');
      expect(await powers()).toEqual(['absent', 'running']);
    });

    it('runs on at the source when the target cannot take it', async () => {
      const { driver, hosts } = stage().rig;
      const elsewhere = { ...machine, nics: machine.nics.map((nic) => ({ ...nic, bridge: 'nobr0' })) };
      await expectFailure(driver.migrateMachine(hosts[1], hosts[0], elsewhere, timeoutMs), 'missing');
      expect(await powers()).toEqual(['absent', 'running']);
      expect(await driver.settleMigration(hosts[1], hosts[0], machine.name)).toBe('source');
      expect(await driver.readSerialLog(hosts[0], machine.name, logBytes)).toBe('');
    });

    it.for([100, 400, 900, 1_600, 2_500])(
      'F03 has one running copy when a connection is cut after %i ms, and moves by a repeat',
      async (afterMs) => {
        const { driver, hosts, cutConnection } = stage().rig;
        for (const [from, to, cut] of [
          [hosts[1], hosts[0], hosts[0]],
          [hosts[0], hosts[1], hosts[0]],
        ] as const) {
          const moving = driver.migrateMachine(from, to, machine, timeoutMs).then(
            () => undefined,
            (error: unknown) => error,
          );
          await delay(afterMs);
          await cutConnection(cut);
          await moving;
          await driver.settleMigration(from, to, machine.name);
          expect((await powers()).toSorted()).toEqual(['absent', 'running']);
          await driver.migrateMachine(from, to, machine, timeoutMs);
          expect([await powerOf(stage(), from, machine.name), await powerOf(stage(), to, machine.name)]).toEqual(['absent', 'running']);
        }
      },
    );
  });
}
