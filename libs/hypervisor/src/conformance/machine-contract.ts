// Contract of a machine's life: start, list, serial log, reboot, stop, remove.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FileRef, HostAddress, MachineSpec, PowerState } from '../specs.ts';
import { eventually, expectFailure, type Stage } from './rig.ts';

const logBytes = 256 * 1024;

export function machineContract(stage: () => Stage): void {
  describe('machines', () => {
    let machine: MachineSpec;
    let twin: MachineSpec;

    beforeAll(async () => {
      machine = await specWithClone(stage(), 'machine');
      twin = { ...(await specWithClone(stage(), 'twin')), name: machine.name };
    });

    afterAll(async () => {
      const { driver, hosts } = stage().rig;
      for (const host of hosts) {
        await driver.stopMachine(host, machine.name, 'forced', 10_000);
        await driver.removeMachine(host, machine.name);
      }
    });

    it('knows nothing of a machine that was never started', async () => {
      const { driver, hosts } = stage().rig;
      expect(await powerOf(stage(), hosts[0], machine.name)).toBe('absent');
      await driver.stopMachine(hosts[0], machine.name, 'graceful', 1_000);
      await driver.stopMachine(hosts[0], machine.name, 'forced', 1_000);
      await driver.removeMachine(hosts[0], machine.name);
      await expectFailure(driver.rebootMachine(hosts[0], machine.name), 'missing');
      expect(await driver.readSerialLog(hosts[0], machine.name, logBytes)).toBe('');
    });

    it('does not start without its disk', async () => {
      const { driver, hosts } = stage().rig;
      const diskless = { ...machine, disks: [{ file: stage().onPrimary('absent.qcow2'), format: 'qcow2' as const, deviceId: 0 }] };
      await expectFailure(driver.startMachine(hosts[0], diskless), 'missing');
      expect(await powerOf(stage(), hosts[0], machine.name)).toBe('absent');
    });

    it('starts once however often it is asked', async () => {
      const { driver, hosts } = stage().rig;
      await driver.startMachine(hosts[0], machine);
      await driver.startMachine(hosts[0], machine);
      const reports = (await driver.listMachines(hosts[0])).filter((report) => report.name === machine.name);
      expect(reports).toEqual([{ name: machine.name, uuid: machine.uuid, power: 'running' }]);
      const facts = await driver.inspectHost(hosts[0]);
      expect(facts.machines).toContainEqual({ name: machine.name, running: true });
    });

    it('has its disk for itself while it runs', async () => {
      const { driver, hosts, image } = stage().rig;
      const flat = stage().onSecondary('flat-running.qcow2');
      await expectFailure(driver.disks.flatten(hosts[0], machine.disks[0]!.file, flat, 2 * image.virtualSizeBytes), 'busy');
      await expectFailure(driver.disks.inspect(hosts[0], flat), 'missing');
    });

    it('refuses another machine under a name in use', async () => {
      const { driver, hosts } = stage().rig;
      await expectFailure(driver.startMachine(hosts[0], { ...machine, uuid: randomUUID() }), 'refused');
      expect(await driver.listMachines(hosts[0])).toContainEqual({ name: machine.name, uuid: machine.uuid, power: 'running' });
    });

    it('starts a machine of that name on another host, independent of the first', async () => {
      const { driver, hosts } = stage().rig;
      await driver.startMachine(hosts[1], twin);
      expect(await driver.listMachines(hosts[1])).toContainEqual({ name: twin.name, uuid: twin.uuid, power: 'running' });
      await driver.stopMachine(hosts[1], twin.name, 'forced', 10_000);
      expect(await powerOf(stage(), hosts[1], twin.name)).not.toBe('running');
      expect(await powerOf(stage(), hosts[0], machine.name)).toBe('running');
    });

    it('keeps a mount that a machine uses', async () => {
      const { driver, hosts, primary } = stage().rig;
      await expectFailure(driver.mounts.remove(hosts[0], primary), 'busy');
      expect(await driver.mounts.list(hosts[0])).toContainEqual(primary);
    });

    it('CS-12 changes the medium of the drive while the machine runs, and keeps the mount of an ISO that is in it', async () => {
      const { driver, hosts, secondary } = stage().rig;
      const iso = stage().onSecondary('medium.iso');
      await driver.mounts.ensure(hosts[0], secondary);
      await expectFailure(driver.changeMedia(hosts[0], machine.name, iso), 'missing');
      await driver.disks.upload(hosts[0], stage().rig.image.localPath, iso, stage().rig.image.sha256);
      await driver.changeMedia(hosts[0], machine.name, iso);
      await driver.changeMedia(hosts[0], machine.name, iso);
      await expectFailure(driver.mounts.remove(hosts[0], secondary), 'busy');
      await driver.changeMedia(hosts[0], machine.name, null);
      await driver.changeMedia(hosts[0], machine.name, null);
      await driver.disks.remove(hosts[0], iso);
      await driver.mounts.remove(hosts[0], secondary);
      await driver.mounts.ensure(hosts[0], secondary);
      await expectFailure(driver.changeMedia(hosts[0], 'no-such-machine', null), 'missing');
      expect(await powerOf(stage(), hosts[0], machine.name)).toBe('running');
    });

    it('does not forget a machine that runs', async () => {
      const { driver, hosts } = stage().rig;
      await expectFailure(driver.removeMachine(hosts[0], machine.name), 'busy');
      expect(await powerOf(stage(), hosts[0], machine.name)).toBe('running');
    });

    it('writes its serial console to a log, which a reboot continues', async () => {
      const { driver, hosts } = stage().rig;
      const read = (): Promise<string> => driver.readSerialLog(hosts[0], machine.name, logBytes);
      const firstBoot = await eventually(read, (text) => text.trim() !== '');
      expect(firstBoot.trim()).not.toBe('');
      expect((await driver.readSerialLog(hosts[0], machine.name, 10)).length).toBeLessThanOrEqual(10);
      await driver.rebootMachine(hosts[0], machine.name);
      const before = await read();
      expect(before.startsWith(firstBoot)).toBe(true);
      const secondBoot = await eventually(read, (text) => text.length > before.length || text.length >= 2 * firstBoot.length);
      expect(secondBoot.length).toBeGreaterThan(firstBoot.length);
      expect(await driver.listMachines(hosts[0])).toContainEqual({ name: machine.name, uuid: machine.uuid, power: 'running' });
    });

    it('L04 asks the guest to stop, and cuts the power where that is not enough', async () => {
      const { driver, hosts } = stage().rig;
      const asked: unknown = await driver.stopMachine(hosts[0], machine.name, 'graceful', 15_000).then(
        () => 'stopped',
        (error: unknown) => error,
      );
      if (asked === 'stopped') {
        expect(await powerOf(stage(), hosts[0], machine.name)).not.toBe('running');
      } else {
        expect(asked).toMatchObject({ kind: 'busy' });
        expect(await powerOf(stage(), hosts[0], machine.name)).toBe('running');
      }
      await driver.stopMachine(hosts[0], machine.name, 'forced', 10_000);
      await driver.stopMachine(hosts[0], machine.name, 'forced', 10_000);
      await driver.stopMachine(hosts[0], machine.name, 'graceful', 1_000);
      expect(await powerOf(stage(), hosts[0], machine.name)).not.toBe('running');
      await expectFailure(driver.rebootMachine(hosts[0], machine.name), 'missing');
      expect(await driver.readSerialLog(hosts[0], machine.name, logBytes)).not.toBe('');
    });

    it('forgets a stopped machine with its log', async () => {
      const { driver, hosts } = stage().rig;
      await driver.removeMachine(hosts[0], machine.name);
      await driver.removeMachine(hosts[0], machine.name);
      expect(await powerOf(stage(), hosts[0], machine.name)).toBe('absent');
      expect(await driver.readSerialLog(hosts[0], machine.name, logBytes)).toBe('');
    });
  });
}

/** A machine with one disk, cloned from the template, and one NIC on the guest bridge. */
export async function specWithClone(stage: Stage, name: string): Promise<MachineSpec> {
  const { driver, hosts, image, bridge, virtualisation } = stage.rig;
  const disk: FileRef = stage.onPrimary(`${name}.qcow2`);
  await driver.disks.createLinkedClone(hosts[0], disk, await stage.template(), image.virtualSizeBytes);
  const tail = randomUUID().slice(0, 4);
  return {
    name: `${stage.folder}-${name}`,
    uuid: randomUUID(),
    cpuCount: 1,
    cpuMhz: 500,
    memoryMib: 128,
    virtualisation,
    disks: [{ file: disk, format: 'qcow2', deviceId: 0 }],
    cdrom: null,
    nics: [{ mac: `02:00:00:00:${tail.slice(0, 2)}:${tail.slice(2)}`, bridge, deviceId: 0 }],
  };
}

export async function powerOf(stage: Stage, host: HostAddress, name: string): Promise<PowerState | 'absent'> {
  return (await stage.rig.driver.listMachines(host)).find((report) => report.name === name)?.power ?? 'absent';
}
