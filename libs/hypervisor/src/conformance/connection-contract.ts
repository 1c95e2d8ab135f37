// Contract of a connection lost in mid-command: the call tells the truth and repeating it heals.
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { expectFailure, filesOf, type Stage } from './rig.ts';
import { powerOf, specWithClone } from './machine-contract.ts';

export function connectionContract(stage: () => Stage): void {
  describe('lost connections', () => {
    it('F14 an upload cut in the middle is whole after a repeat', async () => {
      const { driver, hosts, image, cutConnection } = stage().rig;
      const file = stage().onPrimary('cut.qcow2');
      const upload = (): Promise<void> => driver.disks.upload(hosts[0], image.localPath, file, image.sha256);
      await succeedsOrIsUnreachable(upload(), () => cutConnection(hosts[0]));
      await upload();
      expect(await driver.disks.inspect(hosts[0], file)).toMatchObject({ virtualSizeBytes: image.virtualSizeBytes });
      await driver.disks.remove(hosts[0], file);
      expect(await filesOf(stage(), stage().rig.primary)).not.toContainEqual(expect.stringContaining('cut.qcow2'));
    });

    it('F14 a machine whose start was cut runs once after a repeat', async () => {
      const { driver, hosts, cutConnection } = stage().rig;
      const machine = await specWithClone(stage(), 'cut');
      await succeedsOrIsUnreachable(driver.startMachine(hosts[0], machine), () => cutConnection(hosts[0]));
      await driver.startMachine(hosts[0], machine);
      const reports = (await driver.listMachines(hosts[0])).filter((report) => report.name === machine.name);
      expect(reports).toEqual([{ name: machine.name, uuid: machine.uuid, power: 'running' }]);
      await driver.stopMachine(hosts[0], machine.name, 'forced', 10_000);
      await driver.removeMachine(hosts[0], machine.name);
      expect(await powerOf(stage(), hosts[0], machine.name)).toBe('absent');
    });
  });
}

async function succeedsOrIsUnreachable(action: Promise<void>, cut: () => Promise<void>): Promise<void> {
  const outcome = action.then(
    () => 'succeeded',
    (error: unknown) => error,
  );
  await delay(5);
  await cut();
  const result = await outcome;
  if (result !== 'succeeded') await expectFailure(Promise.reject(result as Error), 'unreachable');
}
