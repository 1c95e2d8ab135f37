// Contract of disk images: clones, copies, uploads, lists.
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { expectFailure, filesOf, type Stage } from './rig.ts';

const mib = 2 ** 20;

export function diskContract(stage: () => Stage): void {
  describe('disks', () => {
    it('uploads an image verified, once or twice', async () => {
      const { driver, hosts, image } = stage().rig;
      const template = await stage().template();
      await driver.disks.upload(hosts[0], image.localPath, template, image.sha256);
      const facts = await driver.disks.inspect(hosts[0], template);
      expect(facts).toMatchObject({ format: 'qcow2', virtualSizeBytes: image.virtualSizeBytes });
      expect(facts).not.toHaveProperty('backingPath');
    });

    it('S04 refuses an upload with another checksum and leaves no file', async () => {
      const { driver, hosts, image, primary } = stage().rig;
      const before = await filesOf(stage(), primary);
      const target = stage().onPrimary('wrong-sum.qcow2');
      await expectFailure(driver.disks.upload(hosts[0], image.localPath, target, '0'.repeat(64)), 'refused', 'checksumMismatch');
      expect(await filesOf(stage(), primary)).toEqual(before);
    });

    it('makes linked clones, chains of them, and again without change', async () => {
      const { driver, hosts, image } = stage().rig;
      const template = await stage().template();
      const clone = stage().onPrimary('volumes/clone.qcow2');
      const deeper = stage().onPrimary('deeper.qcow2');
      const sizeBytes = image.virtualSizeBytes + 16 * mib;
      for (const again of [false, true]) {
        await driver.disks.createLinkedClone(hosts[again ? 1 : 0], clone, template, sizeBytes);
        await driver.disks.createLinkedClone(hosts[0], deeper, clone, sizeBytes);
      }
      const facts = await driver.disks.inspect(hosts[0], clone);
      expect(facts).toMatchObject({ format: 'qcow2', virtualSizeBytes: sizeBytes, backingPath: template.path });
      expect(facts.allocatedBytes).toBeLessThan(sizeBytes);
      expect(await driver.disks.inspect(hosts[1], deeper)).toMatchObject({ backingPath: clone.path });
      await driver.disks.remove(hosts[0], deeper);
      await driver.disks.remove(hosts[0], clone);
    });

    it('refuses to turn an existing clone into another', async () => {
      const { driver, hosts, image } = stage().rig;
      const template = await stage().template();
      const taken = stage().onPrimary('taken.qcow2');
      await driver.disks.createLinkedClone(hosts[0], taken, template, image.virtualSizeBytes);
      await expectFailure(driver.disks.createLinkedClone(hosts[0], taken, template, image.virtualSizeBytes + mib), 'refused');
      await expectFailure(driver.disks.createEmpty(hosts[0], taken, image.virtualSizeBytes), 'refused');
      expect(await driver.disks.inspect(hosts[0], taken)).toMatchObject({
        virtualSizeBytes: image.virtualSizeBytes,
        backingPath: template.path,
      });
      await driver.disks.remove(hosts[0], taken);
    });

    it('misses the backing file of a clone and makes nothing', async () => {
      const { driver, hosts, primary } = stage().rig;
      const before = await filesOf(stage(), primary);
      const clone = stage().onPrimary('orphan.qcow2');
      await expectFailure(driver.disks.createLinkedClone(hosts[0], clone, stage().onPrimary('absent.qcow2'), 16 * mib), 'missing');
      expect(await filesOf(stage(), primary)).toEqual(before);
    });

    it('refuses a backing file of another mount', async () => {
      const { driver, hosts, image, primary } = stage().rig;
      const source = stage().onSecondary('elsewhere.qcow2');
      await driver.disks.upload(hosts[0], image.localPath, source, image.sha256);
      const before = await filesOf(stage(), primary);
      await expectFailure(
        driver.disks.createLinkedClone(hosts[0], stage().onPrimary('crossed.qcow2'), source, image.virtualSizeBytes),
        'refused',
      );
      expect(await filesOf(stage(), primary)).toEqual(before);
      await driver.disks.remove(hosts[0], source);
    });

    it('makes an empty disk, once or twice, and removes it, once or twice', async () => {
      const { driver, hosts } = stage().rig;
      const data = stage().onPrimary('data.qcow2');
      await driver.disks.createEmpty(hosts[0], data, 64 * mib);
      await driver.disks.createEmpty(hosts[0], data, 64 * mib);
      await expectFailure(driver.disks.createEmpty(hosts[0], data, 65 * mib), 'refused');
      const facts = await driver.disks.inspect(hosts[0], data);
      expect(facts).toMatchObject({ format: 'qcow2', virtualSizeBytes: 64 * mib });
      expect(facts.allocatedBytes).toBeLessThan(8 * mib);
      await driver.disks.remove(hosts[0], data);
      await driver.disks.remove(hosts[0], data);
      await expectFailure(driver.disks.inspect(hosts[0], data), 'missing');
    });

    it('copies between mounts, once or twice, and misses an absent source', async () => {
      const { driver, hosts, image, secondary } = stage().rig;
      const template = await stage().template();
      const copy = stage().onSecondary('copy.qcow2');
      await driver.disks.copy(hosts[0], template, copy);
      await driver.disks.copy(hosts[1], template, copy);
      const swapped = driver.disks.copy(hosts[0], template, stage().onSecondary('swapped.qcow2'), '0'.repeat(64));
      await expectFailure(swapped, 'refused', 'checksumMismatch');
      const known = stage().onSecondary('known.qcow2');
      await driver.disks.copy(hosts[0], template, known, image.sha256);
      await driver.disks.remove(hosts[0], known);
      expect(await driver.disks.inspect(hosts[1], copy)).toMatchObject({ format: 'qcow2', virtualSizeBytes: image.virtualSizeBytes });
      await expectFailure(driver.disks.copy(hosts[0], stage().onPrimary('absent.qcow2'), stage().onSecondary('none.qcow2')), 'missing');
      expect(await filesOf(stage(), secondary)).toEqual(['copy.qcow2']);
      await driver.disks.remove(hosts[0], copy);
    });

    it('writes a disk of several layers as a file of its own, once or twice', async () => {
      const { driver, hosts, image } = stage().rig;
      const template = await stage().template();
      const sizeBytes = image.virtualSizeBytes + 16 * mib;
      const clone = stage().onPrimary('layered.qcow2');
      const deeper = stage().onPrimary('sub/layered-twice.qcow2');
      const alone = stage().onSecondary('alone.qcow2');
      await driver.disks.createLinkedClone(hosts[0], clone, template, image.virtualSizeBytes);
      await driver.disks.createLinkedClone(hosts[0], deeper, clone, sizeBytes);
      for (const host of [hosts[0], hosts[1]]) await driver.disks.flatten(host, deeper, alone, sizeBytes);
      await driver.disks.remove(hosts[0], deeper);
      await driver.disks.remove(hosts[0], clone);
      const facts = await driver.disks.inspect(hosts[1], alone);
      expect(facts).toMatchObject({ format: 'qcow2', virtualSizeBytes: sizeBytes });
      expect(facts).not.toHaveProperty('backingPath');
      expect(facts.allocatedBytes).toBeGreaterThan((await driver.disks.inspect(hosts[0], template)).allocatedBytes / 2);
      await driver.disks.remove(hosts[0], alone);
    });

    it('writes nothing for a disk that is too large, incomplete or absent, and nothing over another file', async () => {
      const { driver, hosts, image, secondary } = stage().rig;
      const template = await stage().template();
      const sizeBytes = image.virtualSizeBytes;
      const clone = stage().onPrimary('to-flatten.qcow2');
      const target = stage().onSecondary('flat.qcow2');
      const other = stage().onSecondary('other-flat.qcow2');
      await driver.disks.createLinkedClone(hosts[0], clone, template, sizeBytes);
      await driver.disks.createEmpty(hosts[0], other, sizeBytes);
      await expectFailure(driver.disks.flatten(hosts[0], clone, target, sizeBytes - 512), 'refused');
      await expectFailure(driver.disks.flatten(hosts[0], stage().onPrimary('absent.qcow2'), target, sizeBytes), 'missing');
      await expectFailure(driver.disks.flatten(hosts[0], clone, other, sizeBytes), 'refused');
      await expectFailure(driver.disks.flatten(hosts[0], clone, clone, sizeBytes), 'refused');
      const below = stage().onPrimary('below.qcow2');
      const above = stage().onPrimary('above.qcow2');
      await driver.disks.createEmpty(hosts[0], below, 16 * mib);
      await driver.disks.createLinkedClone(hosts[0], above, below, 16 * mib);
      await driver.disks.remove(hosts[0], below);
      await expectFailure(driver.disks.flatten(hosts[0], above, target, 16 * mib), 'missing');
      expect(await filesOf(stage(), secondary)).toEqual(['other-flat.qcow2']);
      expect(await driver.disks.inspect(hosts[0], clone)).toMatchObject({ backingPath: template.path });
      for (const file of [clone, above, other]) await driver.disks.remove(hosts[0], file);
    });

    it('puts neither an upload nor a copy over another file', async () => {
      const { driver, hosts, image } = stage().rig;
      const template = await stage().template();
      const other = stage().onSecondary('other.qcow2');
      await driver.disks.createEmpty(hosts[0], other, 32 * mib);
      await expectFailure(driver.disks.upload(hosts[0], image.localPath, other, image.sha256), 'refused');
      await expectFailure(driver.disks.copy(hosts[1], template, other), 'refused');
      expect(await driver.disks.inspect(hosts[0], other)).toMatchObject({ format: 'qcow2', virtualSizeBytes: 32 * mib });
      await driver.disks.remove(hosts[0], other);
    });

    it('refuses clones smaller than what they are made of, and sizes that no disk can have', async () => {
      const { driver, hosts, image, primary } = stage().rig;
      const template = await stage().template();
      const before = await filesOf(stage(), primary);
      const target = stage().onPrimary('odd.qcow2');
      await expectFailure(driver.disks.createLinkedClone(hosts[0], target, template, image.virtualSizeBytes - mib), 'refused');
      for (const sizeBytes of [0, -512, 1_000, 0.5]) await expectFailure(driver.disks.createEmpty(hosts[0], target, sizeBytes), 'refused');
      expect(await filesOf(stage(), primary)).toEqual(before);
    });

    it('lists files with their size, and nothing for a folder that is not there', async () => {
      const { driver, hosts, primary } = stage().rig;
      const template = await stage().template();
      const nested = stage().onPrimary('a/b/nested.qcow2');
      await driver.disks.createEmpty(hosts[0], nested, 16 * mib);
      const files = await driver.disks.list(hosts[1], primary, stage().folder);
      expect(files.map((file) => file.path)).toEqual(expect.arrayContaining([template.path, nested.path]));
      const listed = files.find((file) => file.path === template.path);
      expect(listed?.allocatedBytes).toBe((await driver.disks.inspect(hosts[1], template)).allocatedBytes);
      expect(await driver.disks.list(hosts[0], primary, `${stage().folder}/absent`)).toEqual([]);
      await driver.disks.remove(hosts[0], nested);
    });

    it('touches nothing where the mount is not in place', async () => {
      const { driver, hosts, primary } = stage().rig;
      const unmounted = { uuid: randomUUID(), server: primary.server, path: primary.path };
      await expectFailure(driver.disks.createEmpty(hosts[0], { mount: unmounted, path: 'lost.qcow2' }, 16 * mib), 'missing');
      await expectFailure(driver.disks.inspect(hosts[0], { mount: unmounted, path: 'lost.qcow2' }), 'missing');
      expect((await driver.mounts.list(hosts[0])).map((mount) => mount.uuid)).not.toContain(unmounted.uuid);
    });
  });
}
