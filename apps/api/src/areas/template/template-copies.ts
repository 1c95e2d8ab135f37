// The rows of template copies in primary pools: one copy per pool, shared by all linked clones there.
import { randomUUID } from 'node:crypto';
import { templateCopyLifecycle } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { transitionAll } from '../../kernel/db/transition.ts';
import { templatePath } from './template-paths.ts';
import { TemplateCopy } from './template.entity.ts';

export interface CopiedTemplate {
  readonly id: number;
  readonly uuid: string;
  readonly virtualSizeBytes: number;
}

/** Notes that the pool is about to hold the template, and takes room for it there; already noted: fine. */
export async function expectCopyInPool(tx: EntityManager, template: CopiedTemplate, pool: { id: number; zoneId: number }): Promise<void> {
  const result = await tx.query<{ affectedRows: number }>(
    `INSERT IGNORE INTO template_copy (uuid, template_id, store_kind, store_id, zone_id, state, path) VALUES (?, ?, 'primary', ?, ?, 'Creating', ?)`,
    [randomUUID(), template.id, pool.id, pool.zoneId, templatePath(template.uuid)],
  );
  if (result.affectedRows === 0) return;
  await tx.query('UPDATE storage_pool SET reserved_bytes = reserved_bytes + ? WHERE id = ?', [template.virtualSizeBytes, pool.id]);
}

export async function markTemplateReady(tx: EntityManager, templateId: number, poolId: number): Promise<void> {
  await transitionAll(tx, TemplateCopy, { templateId, storeKind: 'primary', storeId: poolId }, templateCopyLifecycle, 'fetched', {
    percent: 100,
  });
}

/** What a job that failed was to bring to the pool may not be whole: the next machine there brings it anew. */
export async function giveUpCopy(
  tx: EntityManager,
  { templateId, poolId, templateReady }: { readonly templateId: number; readonly poolId: number; readonly templateReady: boolean },
): Promise<void> {
  if (templateReady) return;
  await transitionAll(tx, TemplateCopy, { templateId, storeKind: 'primary', storeId: poolId }, templateCopyLifecycle, 'fetchFailed');
}
