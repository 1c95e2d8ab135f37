// Contract of names and paths that come from outside: what could mean something to a shell, an option parser or a path is refused.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { expectFailure, filesOf, type Stage } from './rig.ts';

const hostileNames = ['../x', 'a;b', '-x', 'a\nb', '$(id)', "a'b", 'a b', '', 'a/../../b', '/a'];
const hostileMachineNames = [...hostileNames, 'a/b', 'a'.repeat(65)];

export function namingContract(stage: () => Stage): void {
  describe('hostile names', () => {
    it('T09 refuses machine names and starts nothing', async () => {
      const { driver, hosts, virtualisation } = stage().rig;
      const before = await driver.listMachines(hosts[0]);
      for (const name of hostileMachineNames) {
        const spec = { name, uuid: randomUUID(), cpuCount: 1, cpuMhz: 500, memoryMib: 64, virtualisation, disks: [], nics: [] };
        await expectFailure(driver.startMachine(hosts[0], spec), 'refused');
        await expectFailure(driver.stopMachine(hosts[0], name, 'forced', 1_000), 'refused');
        await expectFailure(driver.rebootMachine(hosts[0], name), 'refused');
        await expectFailure(driver.removeMachine(hosts[0], name), 'refused');
        await expectFailure(driver.readSerialLog(hosts[0], name, 100), 'refused');
      }
      expect(await driver.listMachines(hosts[0])).toEqual(before);
    });

    it('T09 refuses file paths and makes nothing', async () => {
      const { driver, hosts, image, primary } = stage().rig;
      const template = await stage().template();
      const before = await filesOf(stage(), primary);
      for (const path of hostileNames) {
        const file = { mount: primary, path };
        await expectFailure(driver.disks.createEmpty(hosts[0], file, 2 ** 20), 'refused');
        await expectFailure(driver.disks.createLinkedClone(hosts[0], file, template, image.virtualSizeBytes), 'refused');
        await expectFailure(
          driver.disks.createLinkedClone(hosts[0], stage().onPrimary('fine.qcow2'), file, image.virtualSizeBytes),
          'refused',
        );
        await expectFailure(driver.disks.copy(hosts[0], template, file), 'refused');
        await expectFailure(driver.disks.copy(hosts[0], file, stage().onPrimary('fine.qcow2')), 'refused');
        await expectFailure(driver.disks.flatten(hosts[0], template, file, image.virtualSizeBytes), 'refused');
        await expectFailure(driver.disks.flatten(hosts[0], file, stage().onPrimary('fine.qcow2'), image.virtualSizeBytes), 'refused');
        await expectFailure(driver.disks.upload(hosts[0], image.localPath, file, image.sha256), 'refused');
        await expectFailure(driver.disks.inspect(hosts[0], file), 'refused');
        await expectFailure(driver.disks.remove(hosts[0], file), 'refused');
      }
      expect(await filesOf(stage(), primary)).toEqual(before);
    });

    it('T09 refuses mounts and probes', async () => {
      const { driver, hosts, primary } = stage().rig;
      const before = await driver.mounts.list(hosts[0]);
      for (const uuid of hostileNames) await expectFailure(driver.mounts.ensure(hosts[0], { ...primary, uuid }), 'refused');
      for (const server of ['a;b', '-o', 'a\nb', '$(id)', '', 'a b']) {
        await expectFailure(driver.mounts.ensure(hosts[0], { uuid: randomUUID(), server, path: primary.path }), 'refused');
        await expectFailure(driver.mounts.probeNfs(hosts[0], server, primary.path), 'refused');
      }
      for (const path of ['relative', '', '/a\nb', '/a;b', '/a/../b', '/$(id)']) {
        await expectFailure(driver.mounts.ensure(hosts[0], { uuid: randomUUID(), server: primary.server, path }), 'refused');
        await expectFailure(driver.mounts.probeNfs(hosts[0], primary.server, path), 'refused');
      }
      expect(await driver.mounts.list(hosts[0])).toEqual(before);
    });

    it('T09 refuses bridge names', async () => {
      const { driver, hosts } = stage().rig;
      for (const bridge of [...hostileNames, 'longer-than-15-x'])
        await expectFailure(driver.networks.ensureBridge(hosts[0], bridge), 'refused');
    });
  });
}
