// Disk images as qemu-img and archivers make them, through the checks of a secondary-storage VM with the real tools.
import { execFileSync } from 'node:child_process';
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TransferTarget } from '@strata/domain';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nobody, readConfined } from './confined-tool.ts';
import { install } from './install.ts';
import { Part } from './parts.ts';
import { lend } from './unpack.ts';

const mib = 2 ** 20;
const storeId = randomUUID();
let folder: string;
let image: Buffer;
const at = (name: string): string => join(folder, name);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'images-'));
  mkdirSync(at('store/.incoming'), { recursive: true, mode: 0o700 });
  writeFileSync(at('disk.raw'), Buffer.concat([randomBytes(mib), Buffer.alloc(7 * mib)]));
  execFileSync('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', at('disk.raw'), at('disk.qcow2')]);
  image = readFileSync(at('disk.qcow2'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function bring(
  file: string,
  caps = { maxFileBytes: 64 * mib, maxVirtualBytes: 64 * mib },
): Promise<TransferTarget & { sha256: string }> {
  const target: TransferTarget = {
    id: randomUUID(),
    store: storeId,
    path: `template/${randomUUID()}.qcow2`,
    format: 'qcow2',
    checksum: '',
    caps,
  };
  const part = new Part(storeId, at('store'), target.id);
  writeFileSync(part.file, readFileSync(file), { mode: 0o600 });
  try {
    const { sha256, virtualSizeBytes } = await install(part, target, new AbortController().signal);
    expect(virtualSizeBytes).toBe(8 * mib);
    return { ...target, sha256 };
  } catch (error) {
    expect(existsSync(join(at('store'), target.path))).toBe(false);
    throw error;
  } finally {
    await part.remove();
    expect(readdirSync(at('store/.incoming'))).toEqual([]);
  }
}

function made(name: string, program: string, ...args: string[]): string {
  const printed = execFileSync(program, args, { cwd: folder, maxBuffer: 2 ** 28 });
  if (printed.length > 0) writeFileSync(at(name), printed);
  return at(name);
}

describe('an image', () => {
  it.each<[string, () => string]>([
    ['qcow2', () => at('disk.qcow2')],
    ['gz', () => made('disk.gz', 'gzip', '-c', 'disk.qcow2')],
    ['bz2', () => made('disk.bz2', 'bzip2', '-c', 'disk.qcow2')],
    ['xz', () => made('disk.xz', 'xz', '-c', '-0', 'disk.qcow2')],
    ['zip', () => made('disk.zip', 'python3', '-m', 'zipfile', '-c', 'disk.zip', 'disk.qcow2')],
  ])('arrives as %s', async (_kind, make) => {
    const { path, sha256 } = await bring(make());
    expect(sha256).toBe(createHash('sha256').update(image).digest('hex'));
    const { uid, mode } = statSync(join(at('store'), path));
    expect([uid, mode & 0o777]).toEqual([process.getuid!(), 0o600]);
  });

  it.each<[string, () => string, RegExp]>([
    [
      'a backing file',
      () => made('backed.qcow2', 'qemu-img', 'create', '-q', '-f', 'qcow2', '-F', 'raw', '-b', '/etc/hostname', '-u', 'backed.qcow2', '8M'),
      /backing file "\/etc\/hostname"/,
    ],
    [
      'a backing file by json:',
      () =>
        made(
          'json.qcow2',
          'qemu-img',
          'create',
          '-q',
          '-f',
          'qcow2',
          '-F',
          'raw',
          '-b',
          'json:{"driver":"file","filename":"/etc/hostname"}',
          '-u',
          'json.qcow2',
          '8M',
        ),
      /backing file "json:/,
    ],
    [
      'a data file',
      () => made('outside.qcow2', 'qemu-img', 'create', '-q', '-f', 'qcow2', '-o', 'data_file=secret.raw', 'outside.qcow2', '8M'),
      /its data lie in another file/,
    ],
    [
      'encryption',
      () =>
        made(
          'luks.qcow2',
          'qemu-img',
          'create',
          '-q',
          '-f',
          'qcow2',
          '--object',
          'secret,id=s,data=abc',
          '-o',
          'encrypt.format=luks,encrypt.key-secret=s,encrypt.iter-time=10',
          'luks.qcow2',
          '8M',
        ),
      /it is encrypted/,
    ],
    [
      'a disk above the cap',
      () => made('large.qcow2', 'qemu-img', 'create', '-q', '-f', 'qcow2', 'large.qcow2', '1T'),
      /at most 0\.1 GiB are allowed/,
    ],
    [
      'snapshots',
      () => (made('snap.qcow2', 'cp', 'disk.qcow2', 'snap.qcow2'), made('snap.qcow2', 'qemu-img', 'snapshot', '-c', 'one', 'snap.qcow2')),
      /1 internal snapshots/,
    ],
    ['another format', () => made('disk.vmdk', 'qemu-img', 'convert', '-f', 'raw', '-O', 'vmdk', 'disk.raw', 'disk.vmdk'), /a VMDK image/],
    ['QED', () => made('disk.qed', 'qemu-img', 'create', '-q', '-f', 'qed', 'disk.qed', '8M'), /a QED image/],
    ['two files in a zip', () => made('two.zip', 'python3', '-m', 'zipfile', '-c', 'two.zip', 'disk.qcow2', 'disk.raw'), /holds 2 files/],
  ])('T09 is refused with %s', async (_what, make, reason) => {
    await expect(bring(make())).rejects.toThrow(reason);
  });

  it('is refused when its tables are damaged', async () => {
    const damaged = Buffer.from(image);
    damaged.fill(0xff, 3 * 65_536, 3 * 65_536 + 8);
    writeFileSync(at('damaged.qcow2'), damaged);
    await expect(bring(at('damaged.qcow2'))).rejects.toThrow('the image is damaged');
  });

  it.each(['gzip', 'bzip2', 'xz'])('is refused as half a %s archive', async (program) => {
    const whole = made(`half.${program}`, program, '-c', 'disk.qcow2');
    truncateSync(whole, Math.floor(statSync(whole).size / 2));
    await expect(bring(whole)).rejects.toThrow(`the ${program} archive is broken or was cut short`);
  });

  it.each(['gzip', 'bzip2', 'xz'])('T10 costs little time and memory as a bomb packed by %s', async (program) => {
    execFileSync('truncate', ['-s', '200M', at('zeros')]);
    const bomb = at(`bomb.${program}`);
    execFileSync('sh', ['-c', '"$1" -c "$2" > "$3"', 'sh', program, at('zeros'), bomb]);
    const before = process.memoryUsage().rss;
    const begun = performance.now();
    await expect(bring(bomb)).rejects.toThrow('unpacks to more than 67108864 bytes');
    expect(performance.now() - begun).toBeLessThan(20_000);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 * mib);
  });
});

describe('tools for what strangers made', () => {
  const run = { seconds: 2, signal: new AbortController().signal };

  it('run as nobody, without rights, on the lent file alone', async () => {
    writeFileSync(at('lent'), 'hello', { mode: 0o600 });
    writeFileSync(at('other'), 'secret', { mode: 0o600 });
    const seen = await lend(at('lent'), 'r', (input) => readConfined('cat', ['/proc/self/status', '/proc/self/fd/0'], { ...run, input }));
    expect(seen).toMatch(/hello$/);
    expect(seen).toMatch(new RegExp(`^Uid:\\t${nobody}\\t${nobody}\\t${nobody}\\t${nobody}$`, 'm'));
    expect(seen).toMatch(/^CapBnd:\t0+$/m);
    expect(seen).toMatch(/^NoNewPrivs:\t1$/m);
    const input = await open(at('lent'));
    await expect(readConfined('cat', [at('other')], { ...run, input })).rejects.toThrow('Permission denied');
    await input.close();
  });

  it('are ended when they take too long', async () => {
    const input = await open(at('lent'));
    const begun = performance.now();
    await expect(readConfined('sleep', ['60'], { ...run, input })).rejects.toThrow('sleep: it was ended by SIGKILL');
    await expect(readConfined('sh', ['-c', 'while :; do :; done'], { ...run, input })).rejects.toThrow('it was ended by');
    expect(performance.now() - begun).toBeLessThan(15_000);
    await input.close();
  });
});
