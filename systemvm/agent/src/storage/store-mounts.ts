// The stores that this machine works on, mounted by NFS.
import { mkdir, readFile, rmdir } from 'node:fs/promises';
import type { StoreMount } from '@strata/domain';
import { runTool } from '../tool.ts';

const root = '/mnt';
/** `soft`: an agent that hangs with a lost server could not say so. `softreval` and locks are of no use here. */
const options = 'rw,soft,timeo=100,retrans=3,noatime,nosuid,nodev,nolock,lookupcache=positive,retry=0';

/** Where the files of stores are. */
export interface Stores {
  /** Uuids of those that can be used now. */
  readonly mounted: readonly string[];
  isMounted(uuid: string): boolean;
  folderOf(uuid: string): string;
}

export class StoreMounts implements Stores {
  #stores: readonly StoreMount[] = [];
  readonly #failures = new Map<string, string>();

  /** Mounts what is missing and takes off what is not named any more. Stores that fail become troubles, the others work. */
  async bring(stores: readonly StoreMount[]): Promise<void> {
    const gone = this.#stores.filter(({ uuid }) => !stores.some((store) => store.uuid === uuid));
    this.#stores = stores;
    for (const { uuid } of gone) await takeOff(uuid).catch(() => undefined);
    await this.retry();
  }

  async retry(): Promise<void> {
    const mounted = await mountTable();
    for (const store of this.#stores) {
      if (mounted.has(mountPoint(store.uuid))) {
        this.#failures.delete(store.uuid);
        continue;
      }
      try {
        await mount(store);
        this.#failures.delete(store.uuid);
      } catch (error) {
        this.#failures.set(store.uuid, `secondary storage ${store.server}:${store.path} can't be mounted: ${(error as Error).message}`);
      }
    }
  }

  isMounted(uuid: string): boolean {
    return this.#stores.some((store) => store.uuid === uuid) && !this.#failures.has(uuid);
  }

  folderOf(uuid: string): string {
    return mountPoint(uuid);
  }

  get mounted(): readonly string[] {
    return this.#stores.map(({ uuid }) => uuid).filter((uuid) => this.isMounted(uuid));
  }

  get troubles(): readonly string[] {
    return [...this.#failures.values()];
  }
}

function mountPoint(store: string): string {
  return `${root}/${store}`;
}

async function mount({ uuid, server, path }: StoreMount): Promise<void> {
  await mkdir(mountPoint(uuid), { recursive: true, mode: 0o700 });
  const source = `${server.includes(':') ? `[${server}]` : server}:${path}`;
  await runTool('mount', ['-t', 'nfs', '-o', options, source, mountPoint(uuid)], { timeoutMs: 60_000 });
}

async function takeOff(uuid: string): Promise<void> {
  if ((await mountTable()).has(mountPoint(uuid))) await runTool('umount', ['-l', mountPoint(uuid)]);
  await rmdir(mountPoint(uuid));
}

async function mountTable(): Promise<Set<string>> {
  const table = await readFile('/proc/self/mounts', 'utf8');
  return new Set(table.split('\n').map((line) => line.split(' ')[1] ?? ''));
}
