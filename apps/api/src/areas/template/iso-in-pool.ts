// The ISO in a machine's drive: it is read from the machine's own pool, which then holds a copy as it does of templates.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { expectCopyInPool, type PlannedCopy } from './template-copies.ts';
import { Template, TemplateCopy } from './template.entity.ts';

/** Notes that the pool is about to hold the ISO, unless it does. */
export async function expectIso(tx: EntityManager, isoId: number, pool: { id: number; zoneId: number }): Promise<PlannedCopy> {
  const iso = await tx.findOneByOrFail(Template, { id: isoId });
  await expectCopyInPool(tx, iso, pool);
  const copy = await tx.findOneByOrFail(TemplateCopy, { templateId: isoId, storeKind: 'primary', storeId: pool.id });
  if (copy.state === 'Destroying')
    throw problem('conflict', `ISO ${iso.name} is being taken out of the primary storage: try again in a minute`);
  return { templateId: isoId, path: copy.path, ready: copy.state === 'Ready' };
}
