// Links to files of secondary storage: the row, and how a machine is told of it.
import { randomBytes } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import type { Settings } from '../../kernel/settings/settings.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import type { Agent } from '../system-vm/system-vm-role.ts';
import { linkLifetimeSeconds } from './store-transfer.settings.ts';
import { StoreLink } from './store-transfer.entity.ts';

type NewLink = Pick<StoreLink, 'uuid' | 'subjectType' | 'subjectId' | 'accountId' | 'storeId' | 'zoneId' | 'path' | 'ownership'>;

/** There already under this uuid: fine. @returns its id */
export async function ensureLink(
  tx: EntityManager,
  link: NewLink,
  { clock, settings }: { clock: Clock; settings: Settings },
): Promise<number> {
  const known = await tx.findOneBy(StoreLink, { uuid: link.uuid });
  if (known) return known.id;
  const created = clock.now();
  const { identifiers } = await tx.insert(StoreLink, {
    ...link,
    token: randomBytes(32).toString('base64url'),
    site: null,
    created,
    expiresAt: new Date(created.getTime() + settings.get(linkLifetimeSeconds) * 1_000),
  });
  return (identifiers[0] as { id: number }).id;
}

/** Shown already: fine. The store is gone: nothing to show. */
export async function publish(agent: Agent, link: StoreLink, read: EntityManager): Promise<void> {
  const store = await read.findOneBy(ImageStore, { id: link.storeId });
  if (!store) return;
  const { uuid: id, token, path } = link;
  await agent.call('storage.publish', {
    id,
    token,
    store: store.uuid,
    path,
    fileName: fileNameOf(path),
    expiresAt: link.expiresAt.getTime(),
  });
}

/** What browsers call the file. */
export function fileNameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
