// Contract of mounts and of the step-by-step look at an NFS export.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { expectFailure, type Stage } from './rig.ts';

export function mountContract(stage: () => Stage): void {
  describe('mounts', () => {
    it('mounts once however often it is asked, and tells the size', async () => {
      const { driver, hosts, primary, secondary } = stage().rig;
      const first = await driver.mounts.ensure(hosts[0], primary);
      const second = await driver.mounts.ensure(hosts[0], primary);
      expect(first.totalBytes).toBeGreaterThan(0);
      expect(first.usedBytes).toBeLessThanOrEqual(first.totalBytes);
      expect(second.totalBytes).toBe(first.totalBytes);
      const mounted = await driver.mounts.list(hosts[0]);
      expect(mounted.filter((mount) => mount.uuid === primary.uuid)).toEqual([primary]);
      expect(mounted).toContainEqual(secondary);
    });

    it('unmounts, again without complaint, and mounts anew', async () => {
      const { driver, hosts, secondary } = stage().rig;
      await driver.mounts.remove(hosts[1], secondary);
      await driver.mounts.remove(hosts[1], secondary);
      expect((await driver.mounts.list(hosts[1])).map((mount) => mount.uuid)).not.toContain(secondary.uuid);
      await driver.mounts.ensure(hosts[1], secondary);
      expect(await driver.mounts.list(hosts[1])).toContainEqual(secondary);
    });

    it('refuses another export under a uuid in use', async () => {
      const { driver, hosts, primary, secondary } = stage().rig;
      await expectFailure(driver.mounts.ensure(hosts[0], { ...secondary, uuid: primary.uuid }), 'refused');
      expect(await driver.mounts.list(hosts[0])).toContainEqual(primary);
    });

    it('does not mount an export that is not there', async () => {
      const { driver, hosts, primary, missingExportPath } = stage().rig;
      const missing = { uuid: randomUUID(), server: primary.server, path: missingExportPath };
      await expect(driver.mounts.ensure(hosts[0], missing)).rejects.toHaveProperty('kind', expect.stringMatching(/^(missing|refused)$/));
      expect((await driver.mounts.list(hosts[0])).map((mount) => mount.uuid)).not.toContain(missing.uuid);
    });

    it('shows one export alike on both hosts', async () => {
      const { driver, hosts, primary } = stage().rig;
      const file = stage().onPrimary('shared.qcow2');
      await driver.disks.createEmpty(hosts[0], file, 8 * 2 ** 20);
      expect(await driver.disks.inspect(hosts[1], file)).toMatchObject({ virtualSizeBytes: 8 * 2 ** 20 });
      await driver.disks.remove(hosts[1], file);
      await expectFailure(driver.disks.inspect(hosts[0], file), 'missing');
      expect(await driver.disks.list(hosts[0], primary, stage().folder)).not.toContainEqual(expect.objectContaining({ path: file.path }));
    });
  });

  describe('NFS probe', () => {
    it('CS-34 reaches a good export to the end and leaves nothing behind', async () => {
      const { driver, hosts, primary } = stage().rig;
      const mountsBefore = await driver.mounts.list(hosts[0]);
      const filesBefore = await driver.disks.list(hosts[0], primary, stage().folder);
      const probe = await driver.mounts.probeNfs(hosts[0], primary.server, primary.path);
      expect(probe).toMatchObject({ server: primary.server, path: primary.path, mount: 'ok', write: 'ok', ownerUid: 0 });
      expect(probe.resolvedAddress).toMatch(/^[0-9a-f.:]+$/);
      expect(probe.ports?.nfs2049).toBe('open');
      expect(probe.sizeBytes).toBeGreaterThan(0);
      expect(probe.freeBytes).toBeLessThanOrEqual(probe.sizeBytes ?? 0);
      expect(await driver.mounts.list(hosts[0])).toEqual(mountsBefore);
      expect(await driver.disks.list(hosts[0], primary, stage().folder)).toEqual(filesBefore);
    });

    it('CS-37 tells a missing path from a missing server', async () => {
      const { driver, hosts, primary, missingExportPath } = stage().rig;
      const noPath = await driver.mounts.probeNfs(hosts[0], primary.server, missingExportPath);
      expect(['missing', 'denied']).toContain(noPath.mount);
      expect(noPath).toMatchObject({ write: null, ownerUid: null, sizeBytes: null, freeBytes: null });
      const noServer = await driver.mounts.probeNfs(hosts[0], 'nowhere.invalid', primary.path);
      expect(noServer).toMatchObject({ resolvedAddress: null, ports: null, exports: null, mount: null, write: null });
    });
  });
}
