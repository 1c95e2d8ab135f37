// What the installation of a template refers to by name: OS type, secondary storage, a host to carry the file.
import { formatStorageUrl, parseStorageUrl, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { GuestOsType } from '../guest-os/guest-os-type.entity.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import type { ClusterHypervisor } from '../zone/cluster.entity.ts';

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

/**
 * The hypervisor that a template is for: the one asked for, or that of the zone's hosts when they are all alike.
 * @throws unavailable when no host could carry the file
 */
export async function findHypervisor(tx: EntityManager, zoneId: number, asked: ClusterHypervisor | undefined): Promise<ClusterHypervisor> {
  const rows = await tx.query<{ hypervisor: ClusterHypervisor }[]>(
    "SELECT DISTINCT hypervisor FROM host WHERE zone_id = ? AND state = 'Up' AND ready",
    [zoneId],
  );
  const there = rows.map((host) => host.hypervisor);
  if (there.length === 0)
    throw problem(
      'unavailable',
      'no host of the zone is Up that could carry the file to the secondary storage: bring one up and try again',
    );
  const wanted = asked ?? (there.length === 1 ? there[0]! : 'KVM');
  if (there.includes(wanted)) return wanted;
  throw problem(
    'unavailable',
    `no ${wanted} host of the zone is Up that could carry the file, only ${there.join(', ')}: say ${there[0]!} for the hypervisor (./strata template install … --hypervisor ${there[0]!}), or add a ${wanted} host`,
  );
}
