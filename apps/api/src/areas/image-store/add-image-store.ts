// What the commands that add secondary storage have in common: the row, and the job that mounts it for the first time.
import { randomUUID } from 'node:crypto';
import { formatStorageUrl, parseDisplayName, parseStorageUrl, problem } from '@strata/domain';
import type { CommandContext } from '../../kernel/command/command.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import type { StartedJob } from '../../kernel/jobs/saga.ts';
import { StoragePool } from '../storage-pool/storage-pool.entity.ts';
import { lockZone } from '../zone/zone-parameters.ts';
import type { Zone } from '../zone/zone.entity.ts';
import { mountImageStore } from './add-image-store.saga.ts';
import { ImageStore } from './image-store.entity.ts';

interface NewImageStore {
  readonly zone: Zone;
  readonly url: string;
  readonly name?: string | undefined;
}

/** @throws invalid when the export is in use already */
export async function startAddingImageStore({ zone, url, name }: NewImageStore, { tx, jobs, clock }: CommandContext): Promise<StartedJob> {
  await lockZone(tx, zone);
  const { server, path } = parseStorageUrl(url);
  const place = formatStorageUrl({ protocol: 'nfs', server, path });
  // Files of templates have the same path in both: one would be taken for the other.
  if (await tx.existsBy(StoragePool, { server, path }))
    throw problem('invalid', `parameter url: ${place} is primary storage already: choose another export or a folder of its own`);
  const row = tx.create(ImageStore, {
    uuid: randomUUID(),
    name: parseDisplayName(name ?? place, 'name', name === undefined ? place.length : undefined),
    zoneId: zone.id,
    provider: 'NFS',
    server,
    path,
    readOnly: false,
    ready: false,
    created: clock.now(),
  });
  await unlessTaken(tx.insert(ImageStore, row), `parameter url: ${place} is secondary storage already: choose another export`);
  return jobs.start(mountImageStore, { storeId: row.id }, { subject: { type: 'ImageStore', id: row.id, uuid: row.uuid }, fresh: true });
}
