// Contract of consoles: the display asks for the machine's own password, shows the guest and ends with the machine.
import { once } from 'node:events';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MachineSpec } from '../specs.ts';
import { specWithClone } from './machine-contract.ts';
import { eventually, expectFailure, type Stage } from './rig.ts';
import { openViewer, showsSomething } from './vnc-viewer.ts';

const keyEnter = 0xff0d;

export function consoleContract(stage: () => Stage): void {
  describe('consoles', () => {
    let machine: MachineSpec;

    beforeAll(async () => {
      machine = { ...(await specWithClone(stage(), 'console')), consolePassword: randomUUID().slice(0, 8) };
      await stage().rig.driver.startMachine(stage().rig.hosts[0], machine);
    });

    afterAll(async () => {
      const { driver, hosts } = stage().rig;
      await driver.stopMachine(hosts[0], machine.name, 'forced', 10_000);
      await driver.removeMachine(hosts[0], machine.name);
    });

    it('misses the display of a machine that does not run there', async () => {
      const { driver, hosts } = stage().rig;
      await expectFailure(driver.openConsole(hosts[0], 'no-such-machine'), 'missing');
      await expectFailure(driver.openConsole(hosts[1], machine.name), 'missing');
    });

    it('T22 refuses a wrong password', async () => {
      const { driver, hosts } = stage().rig;
      await expect(openViewer(await driver.openConsole(hosts[0], machine.name), 'wrongone')).rejects.toThrow(/authentication failed/i);
    });

    it('CS-45 shows the screen to whoever knows the password, and takes keys', async () => {
      const { driver, hosts } = stage().rig;
      const viewer = await openViewer(await driver.openConsole(hosts[0], machine.name), machine.consolePassword!);
      const before = await eventually(() => viewer.look(), showsSomething);
      expect(showsSomething(before)).toBe(true);
      const after = await eventually(
        async () => {
          viewer.type(keyEnter);
          return viewer.look();
        },
        (screen) => !screen.equals(before),
      );
      expect(after.equals(before)).toBe(false);
      viewer.close();
    });

    it('ends with the machine', async () => {
      const { driver, hosts } = stage().rig;
      const stream = await driver.openConsole(hosts[0], machine.name);
      stream.resume();
      const ended = once(stream, 'close');
      await driver.stopMachine(hosts[0], machine.name, 'forced', 10_000);
      await ended;
      await expectFailure(driver.openConsole(hosts[0], machine.name), 'missing');
    });
  });
}
