// The rows of template copies in primary pools: one copy per pool, shared by all linked clones there.
import { randomUUID } from 'node:crypto';
import { templateCopyLifecycle } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { transitionAll } from '../../kernel/db/transition.ts';
import { templatePath } from './template-paths.ts';
import { TemplateCopy, type TemplateKind } from './template.entity.ts';

export interface CopiedTemplate {
  readonly id: number;
  readonly uuid: string;
  readonly kind: TemplateKind;
  readonly virtualSizeBytes: number;
}

/** Notes that the pool is about to hold the template, and takes room for it there; already noted: fine. */
export async function expectCopyInPool(tx: EntityManager, template: CopiedTemplate, pool: { id: number; zoneId: number }): Promise<void> {
  const result = await tx.query<{ affectedRows: number }>(
    `INSERT IGNORE INTO template_copy (uuid, template_id, store_kind, store_id, zone_id, state, path) VALUES (?, ?, 'primary', ?, ?, 'Creating', ?)`,
    [randomUUID(), template.id, pool.id, pool.zoneId, templatePath(template.uuid, template.kind)],
  );
  if (result.affectedRows === 0) return;
  await tx.query('UPDATE storage_pool SET reserved_bytes = reserved_bytes + ? WHERE id = ?', [template.virtualSizeBytes, pool.id]);
}

/** The file of a template or ISO that a pool is to have. */
export type PlannedCopy = {
  readonly templateId: number;
  readonly path: string;
  /** False until the pool holds the file. */
  readonly ready: boolean;
};

/** Once the machine runs, the pool holds what the plan wanted there. */
export async function markCopiesReady(tx: EntityManager, plan: CopiesOfPlan): Promise<void> {
  for (const templateId of missingCopies(plan)) await markTemplateReady(tx, templateId, plan.poolId);
}

/** What a job that failed was to bring to the pool may not be whole: the next machine there brings it anew. */
export async function giveUpCopy(tx: EntityManager, plan: CopiesOfPlan): Promise<void> {
  for (const templateId of missingCopies(plan))
    await transitionAll(tx, TemplateCopy, { templateId, storeKind: 'primary', storeId: plan.poolId }, templateCopyLifecycle, 'fetchFailed');
}

interface CopiesOfPlan {
  readonly poolId: number;
  readonly templateId: number;
  readonly templateReady: boolean;
  readonly iso?: PlannedCopy | null;
}

function missingCopies({ templateId, templateReady, iso }: CopiesOfPlan): Set<number> {
  return new Set([...(templateReady ? [] : [templateId]), ...(iso && !iso.ready ? [iso.templateId] : [])]);
}

export async function markTemplateReady(tx: EntityManager, templateId: number, poolId: number): Promise<void> {
  await transitionAll(tx, TemplateCopy, { templateId, storeKind: 'primary', storeId: poolId }, templateCopyLifecycle, 'fetched', {
    percent: 100,
  });
}
