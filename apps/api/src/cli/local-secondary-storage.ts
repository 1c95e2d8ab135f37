// Secondary storage that no zone has yet, written to from this machine: mounted for the time, or mounted by the user already.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, open, readdir, rename, rm, rmdir, stat, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { findSystemTemplate, parseStorageUrl, systemTemplateFolder, systemTemplatePath } from '@strata/domain';
import { CommandLineError } from './command-line-error.ts';
import { mib } from './fetch-source.ts';
import type { SystemVmTemplateFile } from './system-vm-template-file.ts';

const run = promisify(execFile);
const mountTimeoutMs = 60_000;

/** @throws CommandLineError when this machine can't mount it */
export async function withMountedStorage<T>(url: string, work: (folder: string) => Promise<T>): Promise<T> {
  const { server, path } = parseStorageUrl(url, 'secondary');
  const folder = await mkdtemp(join(tmpdir(), 'strata-secondary-'));
  try {
    await run('mount', ['-t', 'nfs', '-o', 'retry=0,nolock', `${server}:${path}`, folder], { timeout: mountTimeoutMs });
  } catch (error) {
    await rmdir(folder);
    const { stderr = '', message } = error as Error & { stderr?: string };
    throw new CommandLineError(
      `this machine can't mount ${url}: ${stderr.trim() || message}. Once a zone has the storage (addImageStore), one of its hosts writes to it instead`,
      { cause: error },
    );
  }
  try {
    return await work(folder);
  } finally {
    await run('umount', [folder]);
    await rmdir(folder);
  }
}

/** Written beside, then renamed. @throws CommandLineError when there is no room (CS-42) */
export async function putIntoFolder(mountPoint: string, file: SystemVmTemplateFile): Promise<string> {
  const root = resolve(mountPoint);
  if (!(await stat(root).catch(() => undefined))?.isDirectory()) throw new CommandLineError(`there is no folder ${root}`);
  const target = join(root, systemTemplatePath(file));
  if ((await stat(target).catch(() => undefined))?.size === file.sizeBytes) return target;
  const { bavail, bsize } = await statfs(root);
  if (bavail * bsize < file.sizeBytes)
    throw new CommandLineError(
      `${root} has ${mib(bavail * bsize)} MiB free, the system VM template needs ${mib(file.sizeBytes)} MiB: make room there, or choose larger storage`,
    );
  await mkdir(dirname(target), { recursive: true });
  const part = `${target}.part`;
  try {
    await copyFile(file.path, part);
    const handle = await open(part, 'r+');
    await handle.sync().finally(() => handle.close());
    await rename(part, target);
  } catch (error) {
    await rm(part, { force: true });
    throw new CommandLineError(`the template can't be written to ${root}: ${(error as Error).message}`, { cause: error });
  }
  return target;
}

/** Removes all other versions; gives back their names. */
export async function removeOthers(mountPoint: string, file: SystemVmTemplateFile): Promise<string[]> {
  const folder = join(resolve(mountPoint), systemTemplateFolder);
  const others = (await readdir(folder)).filter((name) => {
    const found = findSystemTemplate(`${systemTemplateFolder}/${name}`);
    return found !== undefined && found.sha256 !== file.sha256;
  });
  for (const name of others) await rm(join(folder, name));
  return others;
}
