// The guests of a router with user data and passwords: in memory, and on the root disk so that a new agent goes on with them.
import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { maxUserDataBytes } from '@strata/domain';
import type { RouterGuest, RouterGuestReport } from '@strata/domain';
import { AgentProblem } from '../agent-problem.ts';

interface GuestPassword {
  readonly revision: string;
  /** Null when the guest has taken it. */
  readonly password: string | null;
}

type KeptGuest = RouterGuest & { readonly place: number };

const folders = ['guests', 'user-data', 'passwords'] as const;
type Folder = (typeof folders)[number];

export class GuestStore {
  readonly #root: string;
  readonly #guests = new Map<string, RouterGuest>();
  /** Numbers in the order in which they came, by MAC address. */
  readonly #places = new Map<string, number>();
  #lastPlace = 0;
  /** Revisions there are files of, by MAC address. */
  readonly #userData = new Map<string, Set<string>>();
  readonly #passwords = new Map<string, GuestPassword>();

  constructor(root: string) {
    this.#root = root;
  }

  /** What can't be read is left out: the management server sends it again. */
  async load(): Promise<void> {
    for (const folder of folders) await mkdir(join(this.#root, folder), { recursive: true, mode: 0o700 });
    for (const name of await this.#names('user-data')) {
      const [key, revision] = name.split('_') as [string, string];
      this.#revisionsOf(macOf(key)).add(revision);
    }
    const kept = await this.#readAll<KeptGuest>('guests');
    for (const { place, ...guest } of kept.sort((a, b) => a.place - b.place)) {
      this.#lastPlace = place;
      if (!this.#holds(guest)) continue;
      this.#places.set(guest.mac, place);
      this.#guests.set(guest.mac, guest);
    }
    for (const entry of await this.#readAll<GuestPassword & { mac: string }>('passwords')) this.#passwords.set(entry.mac, entry);
  }

  /** In the order in which they came. */
  all(): readonly RouterGuest[] {
    return [...this.#guests.values()];
  }

  byIp(ip: string): RouterGuest | undefined {
    return this.all().find((guest) => guest.ip === ip);
  }

  report(): RouterGuestReport[] {
    const macs = new Set([...this.#guests.keys(), ...this.#userData.keys(), ...this.#passwords.keys()]);
    return [...macs].map((mac) => {
      const guest = this.#guests.get(mac);
      const password = this.#passwords.get(mac);
      return {
        mac,
        digest: guest?.digest ?? null,
        userDataRevision: guest?.userDataRevision ?? null,
        password: password === undefined ? null : { revision: password.revision, isTaken: password.password === null },
      };
    });
  }

  /** @throws AgentProblem `missing` before anything is changed, when the user data of one is not there */
  async put(guests: readonly RouterGuest[]): Promise<void> {
    const bare = guests.find((guest) => !this.#holds(guest));
    if (bare) throw new AgentProblem('missing', `there is no user data ${bare.userDataRevision} for ${bare.mac}: send it first`);
    for (const guest of guests) {
      const former = this.byIp(guest.ip);
      if (former && former.mac !== guest.mac) await this.remove([former.mac]);
      const place = this.#places.get(guest.mac) ?? (this.#lastPlace += 1);
      this.#places.set(guest.mac, place);
      await this.#write('guests', keyOf(guest.mac), JSON.stringify({ ...guest, place } satisfies KeptGuest));
      this.#guests.set(guest.mac, guest);
      await this.#dropUserData(guest.mac, guest.userDataRevision);
    }
  }

  async remove(macs: readonly string[]): Promise<void> {
    for (const mac of macs) {
      this.#guests.delete(mac);
      this.#places.delete(mac);
      this.#passwords.delete(mac);
      await rm(this.#path('guests', keyOf(mac)), { force: true });
      await rm(this.#path('passwords', keyOf(mac)), { force: true });
      await this.#dropUserData(mac, null);
    }
  }

  /** @throws AgentProblem `invalid` when the bytes are not those of the checksum */
  async putUserData(mac: string, revision: string, base64: string, sha256: string): Promise<void> {
    const bytes = Buffer.from(base64, 'base64');
    if (bytes.length > maxUserDataBytes.POST) throw new AgentProblem('invalid', `the user data has ${bytes.length} bytes, too many`);
    if (createHash('sha256').update(bytes).digest('hex') !== sha256)
      throw new AgentProblem('invalid', 'the user data is not that of its checksum');
    await this.#write('user-data', `${keyOf(mac)}_${revision}`, bytes);
    this.#revisionsOf(mac).add(revision);
  }

  async userData({ mac, userDataRevision }: RouterGuest): Promise<Buffer | undefined> {
    return userDataRevision === null ? undefined : readFile(this.#path('user-data', `${keyOf(mac)}_${userDataRevision}`));
  }

  async putPassword(mac: string, revision: string, password: string): Promise<void> {
    if (this.#passwords.get(mac)?.revision === revision) return;
    await this.#keepPassword(mac, { revision, password });
  }

  /** Null when there is none, or it was taken. */
  passwordOf({ mac }: RouterGuest): string | null {
    return this.#passwords.get(mac)?.password ?? null;
  }

  async forgetPassword({ mac }: RouterGuest): Promise<void> {
    const kept = this.#passwords.get(mac);
    if (kept && kept.password !== null) await this.#keepPassword(mac, { revision: kept.revision, password: null });
  }

  async #keepPassword(mac: string, kept: GuestPassword): Promise<void> {
    this.#passwords.set(mac, kept);
    await this.#write('passwords', keyOf(mac), JSON.stringify({ mac, ...kept }));
  }

  #holds({ mac, userDataRevision }: RouterGuest): boolean {
    return userDataRevision === null || this.#userData.get(mac)?.has(userDataRevision) === true;
  }

  #revisionsOf(mac: string): Set<string> {
    const revisions = this.#userData.get(mac) ?? new Set<string>();
    this.#userData.set(mac, revisions);
    return revisions;
  }

  async #dropUserData(mac: string, except: string | null): Promise<void> {
    const revisions = this.#userData.get(mac);
    if (!revisions) return;
    for (const revision of [...revisions].filter((one) => one !== except)) {
      revisions.delete(revision);
      await rm(this.#path('user-data', `${keyOf(mac)}_${revision}`), { force: true });
    }
    if (revisions.size === 0) this.#userData.delete(mac);
  }

  #path(folder: Folder, name: string): string {
    return join(this.#root, folder, name);
  }

  async #names(folder: Folder): Promise<string[]> {
    const names = await readdir(join(this.#root, folder));
    for (const half of names.filter((name) => name.endsWith(halfSuffix))) await rm(this.#path(folder, half), { force: true });
    return names.filter((name) => !name.endsWith(halfSuffix));
  }

  async #readAll<T>(folder: Folder): Promise<T[]> {
    const found: T[] = [];
    for (const name of await this.#names(folder)) {
      try {
        found.push(JSON.parse(await readFile(this.#path(folder, name), 'utf8')) as T);
      } catch {
        await rm(this.#path(folder, name), { force: true });
      }
    }
    return found;
  }

  /** Whole or not at all. */
  async #write(folder: Folder, name: string, content: string | Buffer): Promise<void> {
    const half = this.#path(folder, name + halfSuffix);
    const file = await open(half, 'w', 0o600);
    try {
      await file.writeFile(content);
      // Entries come again from the management server; a cut off one is noticed when it is read.
      if (folder !== 'guests') await file.datasync();
    } finally {
      await file.close();
    }
    await rename(half, this.#path(folder, name));
  }
}

const halfSuffix = '.half';

/** A MAC address as a file's name, and back. */
const keyOf = (mac: string): string => mac.replaceAll(':', '-');
const macOf = (key: string): string => key.replaceAll('-', ':');
