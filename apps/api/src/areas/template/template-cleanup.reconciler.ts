// Takes copies of templates and ISOs out of primary storage that nothing has needed for long.
import { Problem } from '@strata/domain';
import { reconciler, type ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import { dropIdleCopy } from './drop-idle-copy.saga.ts';
import { noteIdleCopies } from './idle-copies.ts';
import { templateSubject } from './template-kind.ts';
import { idleTemplateHours, templateCleanup } from './template.settings.ts';
import type { TemplateKind } from './template.entity.ts';

/** In one run; the next one takes the others. */
const atOnce = 20;

export const templateCleanupReconciler = reconciler({
  name: 'template-cleanup',
  about: 'Takes copies of templates and ISOs out of primary storage that no machine has needed for long.',
  everyMs: 600_000,
  async run(ctx) {
    const now = ctx.clock.now();
    await ctx.transaction(({ tx }) => noteIdleCopies(tx, now));
    if (!ctx.settings.get(templateCleanup)) return;
    const before = new Date(now.getTime() - ctx.settings.get(idleTemplateHours) * 3_600_000);
    for (const copy of await idleSince(ctx, before)) await drop(ctx, copy);
  },
});

interface IdleCopy {
  readonly copyId: number;
  readonly id: number;
  readonly uuid: string;
  readonly accountId: number;
  readonly kind: TemplateKind;
}

/** Also those whose removal broke off. */
async function idleSince({ read }: ReconcilerContext, before: Date): Promise<IdleCopy[]> {
  return read.query<IdleCopy[]>(
    `SELECT c.id AS copyId, t.id, t.uuid, t.account_id AS accountId, t.kind FROM template_copy c JOIN template t ON t.id = c.template_id
     WHERE c.store_kind = 'primary' AND c.unused_since < ? AND (c.state = 'Ready' OR (c.state = 'Destroying' AND c.percent = 0)) ORDER BY c.unused_since LIMIT ?`,
    [before, atOnce],
  );
}

async function drop({ transaction, log }: ReconcilerContext, { copyId, ...template }: IdleCopy): Promise<void> {
  try {
    await transaction(({ jobs }) => jobs.start(dropIdleCopy, { copyId }, { subject: templateSubject(template) }));
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    log.info({ template: template.uuid, reason: error.message }, 'a copy in primary storage stays');
  }
}
