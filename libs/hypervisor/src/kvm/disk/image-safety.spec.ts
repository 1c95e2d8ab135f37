// Which images QEMU may open.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeTestImage } from '../../conformance/test-images.ts';
import type { TestImageOptions } from '../../conformance/test-images.ts';
import { judgeImage, relativeBackingName } from './image-safety.ts';

describe('judgeImage', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'strata-safety-'));
  });
  afterAll(() => rm(folder, { recursive: true }));

  const image = async (options: Partial<TestImageOptions>): Promise<Buffer> =>
    await readFile((await writeTestImage(join(folder, 'image'), { virtualSizeBytes: 2 ** 20, ...options })).localPath);

  it('reads plain images and layers', async () => {
    expect(judgeImage('a/b.qcow2', await image({}))).toEqual({ format: 'qcow2', virtualSizeBytes: 2 ** 20 });
    expect(judgeImage('a/b.qcow2', await image({ backingName: '../c/d.qcow2' }))).toMatchObject({ backingPath: 'c/d.qcow2' });
    expect(judgeImage('a/b.qcow2', await image({ backingName: 'd.qcow2' }))).toMatchObject({ backingPath: 'a/d.qcow2' });
    expect(judgeImage('a.raw', Buffer.from('no header'))).toEqual({ format: 'raw' });
    expect(judgeImage('a.raw', Buffer.alloc(0))).toEqual({ format: 'raw' });
  });

  const unsafe = expect.objectContaining({ kind: 'refused', reason: 'unsafeImage' });

  it.each(['/etc/shadow', '../../x', '..', 'b.qcow2', 'nbd:host:1', 'json:{}', 'a b', 'a//b', './.././../x'])(
    'refuses the backing file %s',
    async (backingName) => {
      const bytes = await image({ backingName });
      expect(() => judgeImage('a/b.qcow2', bytes)).toThrow(unsafe);
    },
  );

  it('refuses external data, encryption, unknown features, absurd sizes and broken headers', async () => {
    const broken: Buffer[] = [await image({ dataFileName: 'x' }), await image({ cryptMethod: 1 }), await image({ cryptMethod: 2 })];
    const changed = async (change: (bytes: Buffer) => void): Promise<void> => {
      const bytes = await image({});
      change(bytes);
      broken.push(bytes);
    };
    await changed((bytes) => bytes.writeBigUInt64BE(1n << 20n, 72));
    await changed((bytes) => bytes.writeBigUInt64BE(2n ** 47n, 24));
    await changed((bytes) => bytes.writeBigUInt64BE(2n ** 63n, 24));
    await changed((bytes) => bytes.writeUInt32BE(9, 4));
    await changed((bytes) => bytes.writeUInt32BE(60, 20));
    await changed((bytes) => bytes.writeUInt32BE(0xffffffff, 100));
    broken.push((await image({})).subarray(0, 50));
    for (const [index, bytes] of broken.entries()) expect(() => judgeImage('a.qcow2', bytes), `image ${index}`).toThrow(unsafe);
  });
});

it('names backing files relative to their clone', () => {
  expect(relativeBackingName('v.qcow2', 't.qcow2')).toBe('t.qcow2');
  expect(relativeBackingName('volumes/v.qcow2', 'templates/1/t.qcow2')).toBe('../templates/1/t.qcow2');
});
