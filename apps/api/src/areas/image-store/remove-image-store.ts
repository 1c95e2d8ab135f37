// Begins the removal of secondary storage, for each command that can do it.
import type { CommandContext } from '../../kernel/command/command.ts';
import type { StartedJob } from '../../kernel/jobs/saga.ts';
import type { ImageStore } from './image-store.entity.ts';
import { dropImageStore } from './remove-image-store.saga.ts';

/** @throws inUse naming the templates that only it holds */
export async function startRemovingImageStore({ id, uuid }: ImageStore, { jobs }: Pick<CommandContext, 'jobs'>): Promise<StartedJob> {
  return jobs.start(dropImageStore, { storeId: id }, { subject: { type: 'ImageStore', id, uuid } });
}
