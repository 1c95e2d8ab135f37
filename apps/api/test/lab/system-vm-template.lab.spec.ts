// The system VM template in a zone of real hosts: it comes with the storage, administrators log in to its machines, a newer one takes over.
import { execFile, execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabCloud, systemVmEnvironment } from '../harness/lab-cloud.ts';

const program = join(import.meta.dirname, '../../dist/cli/main.js');
let cloud: LabCloud;
let image: string;

beforeAll(async () => {
  image = systemVmEnvironment()['STRATA_SYSTEMVM_IMAGE']!;
  ({ cloud } = await LabCloud.startWithSystemVms('template', ['kvm1']));
}, 400_000);
afterAll(async () => {
  await cloud?.stop();
});

/** The product's command line, as ./strata calls it. */
async function strata(words: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...words], {
    env: { ...process.env, STRATA_DATA: cloud.dataFolder, STRATA_SYSTEMVM_IMAGE: image, ...env },
    timeout: 600_000,
  });
  return stdout;
}

const templates = () => cloud.admin.list('listTemplates', { templatefilter: 'all', templatetype: 'SYSTEM' });

describe('the system VM template', () => {
  it('CS-43 came to the storage with it', async () => {
    const { version, sha256 } = JSON.parse(readFileSync(join(dirname(image), 'systemvm.json'), 'utf8')) as Record<string, string>;
    expect(await templates()).toMatchObject([{ isready: true, displaytext: `System VM template ${version}`, hypervisor: 'KVM' }]);
    expect(cloud.files('secondary')).toContain(`template/system/${version}_${sha256}.qcow2`);
  });

  it('CS-46 lets administrators in, by the pinned keys only', async () => {
    const [vm] = await cloud.admin.list('listSystemVms', { systemvmtype: 'secondarystoragevm' });
    const name = String(vm!['name']);
    expect(await strata(['systemvm', 'ssh', name, 'hostname; id -un'])).toBe(`${name}\nroot\n`);
    const error = await cloud.admin.refused('getSystemVmLogin', { id: String(vm!['id']) });
    expect(error.text).toContain('./strata systemvm ssh');
    await expect(strata(['systemvm', 'ssh', 's-999-VM'])).rejects.toThrow('there is no system machine s-999-VM');
  });

  it('gives way to a newer one, machine by machine', { timeout: 900_000 }, async () => {
    const before = (await cloud.admin.list('listSystemVms')).map(({ id }) => id);
    const next = newerImage();
    const said = await strata(['systemvm', 'upgrade'], { STRATA_SYSTEMVM_IMAGE: next });
    expect(said).toMatch(/Replacing [sv]-\d+-VM\n[^]*Replacing [sv]-\d+-VM\n[^]*Replaced: 2\n/);
    const machines = await cloud.systemVmsUp();
    const current = (await templates()).find(({ displaytext }) => displaytext === 'System VM template 99.0-next');
    expect(machines.map(({ templateid }) => templateid)).toEqual([current!['id'], current!['id']]);
    for (const { id } of machines) expect(before).not.toContain(id);
    expect(await strata(['systemvm', 'upgrade'], { STRATA_SYSTEMVM_IMAGE: next })).toContain('Every system machine is of this version');
    expect(await cloud.differences()).toEqual([]);
  });
});

/** The same machine in another file. */
function newerImage(): string {
  const folder = join(cloud.dataFolder, 'next');
  mkdirSync(folder);
  const path = join(folder, 'strata-systemvm-99.0-next.qcow2');
  execFileSync('qemu-img', ['convert', '-c', '-W', '-O', 'qcow2', '-o', 'cluster_size=128k', image, path]);
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  const record = { version: '99.0-next', file: basename(path), sha256, sizeBytes: statSync(path).size };
  writeFileSync(join(folder, 'systemvm.json'), JSON.stringify(record));
  return path;
}
