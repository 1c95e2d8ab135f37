// Disk images on simulated exports: only what their headers say, no content.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { posix } from 'node:path';
import { imageKindOf, parseQcow2Header, Problem, qcow2HeaderBytes, systemTemplateFolder, systemTemplatePath } from '@strata/domain';
import { DriverError } from '../driver-error.ts';
import type { DiskDriver } from '../driver.ts';
import { checkRelativePath, checkSha256, checkUuid } from '../kvm/host-strings.ts';
import type { DiskFacts, FileRef, HostAddress, MountSpec } from '../specs.ts';
import type { SimulatedFile } from './fleet-state.ts';
import type { StoredFile } from './fleet-records.ts';
import type { SimulatedFleet } from './simulated-fleet.ts';
import type { SimulatedHost } from './simulated-host.ts';
import { deadServer } from './simulated-mounts.ts';
import type { SimulatedSession } from './simulated-session.ts';

const systemTemplateSha256 = createHash('sha256').update('simulated system VM template').digest('hex');
const simulatedSystemTemplate = {
  path: systemTemplatePath({ version: 'simulated', sha256: systemTemplateSha256 }),
  facts: { format: 'qcow2', virtualSizeBytes: 2 * 2 ** 30, allocatedBytes: 110 * 2 ** 20, sha256: systemTemplateSha256 },
} as const;

/** What a qcow2 file without data takes on disk. */
const emptyImageBytes = 200_704;

export class SimulatedDisks implements DiskDriver {
  readonly #session: SimulatedSession;
  readonly #fleet: SimulatedFleet;

  constructor(session: SimulatedSession) {
    this.#session = session;
    this.#fleet = session.fleet;
  }

  async createLinkedClone(at: HostAddress, target: FileRef, backing: FileRef, sizeBytes: number): Promise<void> {
    checkFile(target);
    checkFile(backing);
    if (target.mount.uuid !== backing.mount.uuid)
      throw new DriverError('refused', 'a linked clone and its backing file must be in the same mount');
    await this.#session.call(at, 'disks.createLinkedClone', (host) => {
      const under = safeFacts(backing, this.#get(host, backing).facts);
      if (under.format !== 'qcow2') throw new DriverError('refused', `the backing image ${backing.path} is no qcow2 image`);
      if (sizeBytes < under.virtualSizeBytes)
        throw new DriverError(
          'refused',
          `a clone of ${backing.path} can't be smaller (${sizeBytes}) than its backing image (${under.virtualSizeBytes})`,
        );
      const backingName = posix.relative(posix.dirname(target.path), backing.path);
      this.#create(host, target, { format: 'qcow2', virtualSizeBytes: sizeBytes, allocatedBytes: emptyImageBytes, backingName });
    });
  }

  async createEmpty(at: HostAddress, target: FileRef, sizeBytes: number): Promise<void> {
    checkFile(target);
    await this.#session.call(at, 'disks.createEmpty', (host) =>
      this.#create(host, target, { format: 'qcow2', virtualSizeBytes: sizeBytes, allocatedBytes: emptyImageBytes }),
    );
  }

  async copy(at: HostAddress, source: FileRef, target: FileRef, sha256?: string): Promise<void> {
    checkFile(source);
    checkFile(target);
    if (sha256 !== undefined) checkSha256(sha256);
    await this.#session.call(at, 'disks.copy', (host) => {
      const { facts } = this.#get(host, source);
      const known = this.#find(host, target);
      if (known !== undefined) {
        if (!isSameImage(known.facts, facts)) throw anotherFile(target);
        return;
      }
      // What has come without a content has no sum.
      if (sha256 !== undefined && facts.sha256 !== undefined && facts.sha256 !== sha256)
        throw new DriverError('refused', `${source.path} has the SHA-256 ${facts.sha256}, not ${sha256}`, { reason: 'checksumMismatch' });
      this.#write(host, target, facts);
    });
  }

  async flatten(at: HostAddress, source: FileRef, target: FileRef, maxBytes: number): Promise<void> {
    checkFile(source);
    checkFile(target);
    await this.#session.call(at, 'disks.flatten', (host) => {
      const layers = this.#layersOf(host, source);
      const { virtualSizeBytes } = layers[0]!;
      if (virtualSizeBytes > maxBytes)
        throw new DriverError('refused', `${source.path} has ${virtualSizeBytes} bytes, at most ${maxBytes} are taken`);
      checkUnwritten(host, source, this.#get(host, source));
      const known = this.#find(host, target)?.facts;
      // Nothing stands for the content but what it is made of.
      const sha256 = createHash('sha256').update(JSON.stringify(layers)).digest('hex');
      if (known === undefined) {
        const allocatedBytes = layers.reduce((sum, layer) => sum + layer.allocatedBytes, 0);
        this.#write(host, target, { format: 'qcow2', virtualSizeBytes, allocatedBytes, sha256 });
      } else if (known.sha256 !== sha256) throw anotherFile(target);
    });
  }

  async upload(at: HostAddress, localPath: string, target: FileRef, sha256: string): Promise<void> {
    checkFile(target);
    checkSha256(sha256);
    await this.#session.call(at, 'disks.upload', async (host) => {
      checkMounted(this.#fleet, host, target.mount);
      const known = this.#find(host, target);
      if (known?.facts.sha256 === sha256) return;
      if (known !== undefined) throw anotherFile(target);
      const facts = await readImage(localPath);
      if (facts.sha256 !== sha256) {
        throw new DriverError('refused', `${localPath} has the SHA-256 ${facts.sha256}, not ${sha256}`, { reason: 'checksumMismatch' });
      }
      this.#write(host, target, facts);
    });
  }

  async inspect(at: HostAddress, file: FileRef): Promise<DiskFacts> {
    checkFile(file);
    return this.#session.call(at, 'disks.inspect', (host) => safeFacts(file, this.#get(host, file).facts));
  }

  async remove(at: HostAddress, file: FileRef): Promise<void> {
    checkFile(file);
    await this.#session.call(at, 'disks.remove', (host) => {
      if (this.#find(host, file) === undefined) return;
      this.#checkWritable(file.mount);
      this.#fleet.change({ do: 'removeFile', server: file.mount.server, export: file.mount.path, path: file.path });
    });
  }

  async list(at: HostAddress, mount: MountSpec, folder: string): Promise<{ path: string; allocatedBytes: number }[]> {
    checkUuid(mount.uuid);
    if (folder !== '') checkRelativePath(folder);
    return this.#session.call(at, 'disks.list', (host) => {
      checkMounted(this.#fleet, host, mount);
      const prefix = folder === '' ? '' : `${folder}/`;
      const found: { path: string; allocatedBytes: number }[] = [];
      for (const [path, { facts }] of this.#fleet.exportOf(mount).files) {
        if (path.startsWith(prefix)) found.push({ path, allocatedBytes: facts.allocatedBytes });
      }
      const { path, facts } = simulatedSystemTemplate;
      if (folder === systemTemplateFolder && this.#comesWith({ mount, path })) found.push({ path, allocatedBytes: facts.allocatedBytes });
      return found;
    });
  }

  /** Exports come with a system VM template, unless they are bare: it is written when somebody first looks into it. */
  #comesWith(file: FileRef): boolean {
    const { isBare, path } = this.#fleet.profileOf(file.mount);
    return file.path === simulatedSystemTemplate.path && !isBare && path === 'ok' && !this.#fleet.exportOf(file.mount).files.has(file.path);
  }

  /** Topmost first. */
  #layersOf(host: SimulatedHost, source: FileRef): StoredFile[] {
    const layers: StoredFile[] = [];
    const seen = new Set<string>();
    for (let path: string | undefined = source.path; path !== undefined;) {
      const layer: FileRef = { mount: source.mount, path };
      if (seen.has(path)) throw new DriverError('refused', `the layers of ${source.path} have no end`, { reason: 'unsafeImage' });
      const { facts } = this.#get(host, layer);
      const { backingPath } = safeFacts(layer, facts);
      if (facts.format !== 'qcow2') throw new DriverError('refused', `${path} is no qcow2 image`);
      layers.push(facts);
      seen.add(path);
      path = backingPath;
    }
    return layers;
  }

  #create(host: SimulatedHost, target: FileRef, facts: StoredFile): void {
    const known = this.#find(host, target)?.facts;
    const { virtualSizeBytes } = facts;
    if (!Number.isSafeInteger(virtualSizeBytes) || virtualSizeBytes <= 0 || virtualSizeBytes % 512 !== 0)
      throw new DriverError('refused', `a disk can't have ${virtualSizeBytes} bytes`);
    if (known === undefined) return this.#write(host, target, facts);
    if (known.virtualSizeBytes === facts.virtualSizeBytes && known.backingName === facts.backingName && known.format === facts.format)
      return;
    throw anotherFile(target);
  }

  #write(host: SimulatedHost, target: FileRef, facts: StoredFile): void {
    checkMounted(this.#fleet, host, target.mount);
    this.#checkWritable(target.mount);
    const { server, path: exportPath } = target.mount;
    this.#fleet.change({ do: 'file', server, export: exportPath, path: target.path, ...facts });
  }

  #get(host: SimulatedHost, file: FileRef): SimulatedFile {
    const found = this.#find(host, file);
    if (found === undefined) throw new DriverError('missing', `there is no ${file.path} in the mount ${file.mount.uuid}`);
    return found;
  }

  #find(host: SimulatedHost, file: FileRef): SimulatedFile | undefined {
    checkMounted(this.#fleet, host, file.mount);
    if (this.#comesWith(file)) this.#write(host, file, simulatedSystemTemplate.facts);
    return this.#fleet.exportOf(file.mount).files.get(file.path);
  }

  #checkWritable(mount: MountSpec): void {
    const { path } = this.#fleet.profileOf(mount);
    if (path === 'readOnly') throw new DriverError('refused', `${mount.server}:${mount.path} is read-only`, { reason: 'readOnly' });
    if (path === 'full') throw new DriverError('refused', `${mount.server}:${mount.path} is full`, { reason: 'noSpace' });
  }
}

/** The mount must be in place on the host and its server must answer. */
export function checkMounted(fleet: SimulatedFleet, host: SimulatedHost, mount: MountSpec): void {
  if (host.mountOf(mount.uuid) === undefined) throw new DriverError('missing', `${mount.uuid} is not mounted on ${host.address}`);
  const { server } = fleet.profileOf(mount);
  if (server !== 'open') throw deadServer(mount.server, server);
}

/** As QEMU's lock does, of which other hosts know nothing on many exports. */
function checkUnwritten(host: SimulatedHost, file: FileRef, { openedBy }: SimulatedFile): void {
  if (openedBy !== undefined && openedBy.host === host && openedBy.power !== 'stopped')
    throw new DriverError('busy', `${file.path} is open in ${openedBy.name}: failed to get shared "write" lock`);
}

function checkFile(file: FileRef): void {
  checkUuid(file.mount.uuid);
  checkRelativePath(file.path);
}

function anotherFile(target: FileRef): DriverError {
  return new DriverError('refused', `${target.path} exists and is another image`);
}

function isSameImage(one: StoredFile, other: StoredFile): boolean {
  return one.sha256 === other.sha256 && one.virtualSizeBytes === other.virtualSizeBytes && one.allocatedBytes === other.allocatedBytes;
}

/** Facts of an image that may be opened; throws `unsafeImage` where its header leads elsewhere. */
export function safeFacts(file: FileRef, stored: StoredFile): DiskFacts {
  const facts = { format: stored.format, virtualSizeBytes: stored.virtualSizeBytes, allocatedBytes: stored.allocatedBytes };
  if (stored.flaw !== undefined) throw new DriverError('refused', `${file.path} is not used: ${stored.flaw}`, { reason: 'unsafeImage' });
  if (stored.backingName === undefined) return facts;
  const backingPath = posix.join(posix.dirname(file.path), stored.backingName);
  if (stored.backingName.startsWith('/') || stored.backingName.includes(':') || backingPath.startsWith('..')) {
    throw new DriverError('refused', `${file.path} has a backing file outside its mount`, { reason: 'unsafeImage' });
  }
  return { ...facts, backingPath };
}

async function readImage(localPath: string): Promise<StoredFile & { readonly sha256: string }> {
  const digest = createHash('sha256');
  let head = Buffer.alloc(0);
  let sizeBytes = 0;
  for await (const chunk of createReadStream(localPath, { highWaterMark: 1 << 20 }) as AsyncIterable<Buffer>) {
    digest.update(chunk);
    sizeBytes += chunk.length;
    if (head.length < qcow2HeaderBytes) head = Buffer.concat([head, chunk.subarray(0, qcow2HeaderBytes - head.length)]);
  }
  return { ...readHeader(head, sizeBytes), allocatedBytes: sizeBytes, sha256: digest.digest('hex') };
}

function readHeader(head: Buffer, sizeBytes: number): Pick<StoredFile, 'format' | 'virtualSizeBytes' | 'backingName' | 'flaw'> {
  if (imageKindOf(head) !== 'qcow2') return { format: 'raw', virtualSizeBytes: sizeBytes };
  try {
    const { virtualSizeBytes, backingFile, hasExternalDataFile, encrypted, unknownFeatures } = parseQcow2Header(head);
    const flaw = hasExternalDataFile ? 'externalDataFile' : encrypted ? 'encrypted' : unknownFeatures.length > 0 ? 'malformed' : undefined;
    return {
      format: 'qcow2',
      virtualSizeBytes,
      ...(backingFile !== undefined && { backingName: backingFile }),
      ...(flaw !== undefined && { flaw }),
    };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { format: 'qcow2', virtualSizeBytes: 0, flaw: 'malformed' };
  }
}
