// What the installation of a template refers to by name: OS type, secondary storage, a host to carry the file.
import { formatStorageUrl, parseStorageUrl, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { GuestOsType } from '../guest-os/guest-os-type.entity.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';

const suggestions = 5;

/** By uuid, number or name, in any case. @throws invalid with similar names */
export async function findOsType(tx: EntityManager, text: string): Promise<number> {
  const wanted = text.trim();
  const found = await tx.findOneBy(GuestOsType, [
    { uuid: wanted.toLowerCase() },
    { name: wanted },
    ...(/^\d{1,9}$/.test(wanted) ? [{ id: Number(wanted) }] : []),
  ]);
  if (found) return found.id;
  const similar = await similarOsTypes(tx, wanted);
  const hint = similar.length > 0 ? `there are ${similar.map((name) => `"${name}"`).join(', ')}` : 'listOsTypes shows those there are';
  throw problem('invalid', `parameter ostype: there is no OS type "${wanted}": ${hint}`);
}

/** Names that share a word with what was asked for, those with more of them first. */
async function similarOsTypes(tx: EntityManager, wanted: string): Promise<string[]> {
  const words = (wanted.match(/[\p{L}\p{N}]{2,}/gu) ?? []).slice(0, 6);
  if (words.length === 0) return [];
  const score = words.map(() => '(name LIKE ?)').join(' + ');
  const patterns = words.map((word) => `%${word}%`);
  const rows = await tx.query<{ name: string }[]>(
    `SELECT name FROM guest_os_type WHERE ${score} > 0 ORDER BY ${score} DESC, name LIMIT ${suggestions}`,
    [...patterns, ...patterns],
  );
  return rows.map(({ name }) => name);
}

/** @throws invalid naming the secondary storage there is */
export async function findWritableStore(tx: EntityManager, url: string): Promise<ImageStore> {
  const { server, path } = parseStorageUrl(url, 'secondary');
  const store = await tx.findOneBy(ImageStore, { server, path });
  if (!store) throw problem('invalid', `parameter secondary: ${url} is no secondary storage: ${await knownStores(tx)}`);
  if (!store.ready) throw problem('unavailable', `secondary storage ${store.name} is being added or removed: try again when it is ready`);
  if (store.readOnly)
    throw problem(
      'invalid',
      `secondary storage ${store.name} takes no new files: choose another one, or send updateImageStore readonly=false`,
    );
  return store;
}

async function knownStores(tx: EntityManager): Promise<string> {
  const stores = await tx.find(ImageStore, { order: { id: 'ASC' }, take: suggestions });
  if (stores.length === 0) return 'there is none yet, add it with addImageStore';
  return `there is ${stores.map(({ server, path }) => formatStorageUrl({ protocol: 'nfs', server, path })).join(', ')}`;
}

/** @throws unavailable when no host could carry the file */
export async function refuseWithoutHost(tx: EntityManager, zoneId: number, hypervisor: string): Promise<void> {
  const rows = await tx.query<{ hypervisor: string }[]>(
    "SELECT DISTINCT hypervisor FROM host WHERE zone_id = ? AND state = 'Up' AND ready",
    [zoneId],
  );
  if (rows.some((host) => host.hypervisor === hypervisor)) return;
  const others = rows.map((host) => host.hypervisor).join(', ');
  throw problem(
    'unavailable',
    others === ''
      ? 'no host of the zone is Up that could carry the file to the secondary storage: bring one up and try again'
      : `no ${hypervisor} host of the zone is Up, only ${others}: send hypervisor=${rows[0]!.hypervisor}, or add a ${hypervisor} host`,
  );
}
