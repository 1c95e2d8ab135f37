// Contract of hostile images: what their header points to must never be opened.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectFailure, type Stage } from './rig.ts';
import { type TestImageOptions, writeTestImage } from './test-images.ts';

const virtualSizeBytes = 16 * 2 ** 20;

const hostileImages: Record<string, Omit<TestImageOptions, 'virtualSizeBytes'>> = {
  'an absolute backing file': { backingName: '/etc/shadow' },
  'a backing file above the mount': { backingName: '../../../../etc/shadow' },
  'a backing file behind a protocol': { backingName: 'nbd://203.0.113.9/disk' },
  'a backing file as JSON': { backingName: 'json:{"driver":"raw","file":{"driver":"file","filename":"/etc/shadow"}}' },
  'an external data file': { dataFileName: '/etc/shadow' },
  'an external data file beside it': { dataFileName: 'beside.raw' },
  'old encryption': { cryptMethod: 1 },
  'LUKS encryption': { cryptMethod: 2 },
};

export function imageSafetyContract(stage: () => Stage): void {
  describe('hostile images', () => {
    let scratch = '';
    beforeAll(async () => {
      scratch = await mkdtemp(join(tmpdir(), 'strata-images-'));
    });
    afterAll(async () => {
      await rm(scratch, { recursive: true, force: true });
    });

    for (const [title, options] of Object.entries(hostileImages)) {
      it(`refuses ${title}`, async () => {
        const { driver, hosts } = stage().rig;
        const image = await writeTestImage(join(scratch, 'hostile.qcow2'), { virtualSizeBytes, ...options });
        const file = stage().onPrimary('hostile.qcow2');
        await driver.disks.upload(hosts[0], image.localPath, file, image.sha256);
        await expectFailure(driver.disks.inspect(hosts[0], file), 'refused', 'unsafeImage');
        await expectFailure(
          driver.disks.createLinkedClone(hosts[0], stage().onPrimary('over-hostile.qcow2'), file, virtualSizeBytes),
          'refused',
          'unsafeImage',
        );
        await expectFailure(driver.disks.inspect(hosts[0], stage().onPrimary('over-hostile.qcow2')), 'missing');
        const flat = stage().onSecondary('flat-hostile.qcow2');
        const over = stage().onPrimary('over/hostile.qcow2');
        const layer = await writeTestImage(join(scratch, 'over.qcow2'), { virtualSizeBytes, backingName: '../hostile.qcow2' });
        await driver.disks.upload(hosts[0], layer.localPath, over, layer.sha256);
        for (const source of [file, over])
          await expectFailure(driver.disks.flatten(hosts[0], source, flat, virtualSizeBytes), 'refused', 'unsafeImage');
        await expectFailure(driver.disks.inspect(hosts[0], flat), 'missing');
        await driver.disks.remove(hosts[0], over);
        await driver.disks.remove(hosts[0], file);
      });
    }

    it('refuses layers that lie upon each other', async () => {
      const { driver, hosts } = stage().rig;
      const [one, two] = [stage().onPrimary('one.qcow2'), stage().onPrimary('two.qcow2')];
      for (const [file, backingName] of [
        [one, 'two.qcow2'],
        [two, 'one.qcow2'],
      ] as const) {
        const image = await writeTestImage(join(scratch, 'loop.qcow2'), { virtualSizeBytes, backingName });
        await driver.disks.upload(hosts[0], image.localPath, file, image.sha256);
      }
      await expectFailure(
        driver.disks.flatten(hosts[0], one, stage().onSecondary('flat.qcow2'), virtualSizeBytes),
        'refused',
        'unsafeImage',
      );
      for (const file of [one, two]) await driver.disks.remove(hosts[0], file);
    });

    it('accepts a backing file of the same mount by its relative name', async () => {
      const { driver, hosts } = stage().rig;
      const template = await stage().template();
      const image = await writeTestImage(join(scratch, 'relative.qcow2'), { virtualSizeBytes, backingName: '../template.qcow2' });
      const file = stage().onPrimary('sub/relative.qcow2');
      await driver.disks.upload(hosts[0], image.localPath, file, image.sha256);
      expect(await driver.disks.inspect(hosts[0], file)).toMatchObject({ virtualSizeBytes, backingPath: template.path });
      await driver.disks.remove(hosts[0], file);
    });
  });
}
