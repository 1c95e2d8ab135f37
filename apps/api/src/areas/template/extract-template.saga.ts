// Makes a link under which the file of a template or ISO can be fetched for a while.
import { problem } from '@strata/domain';
import { saga } from '../../kernel/jobs/saga.ts';
import { ensureLink } from '../store-transfer/links.ts';
import { publishLink, showLink, withdrawLink } from '../store-transfer/publish-link.ts';
import { StoreLink } from '../store-transfer/store-transfer.entity.ts';
import { Template, TemplateCopy } from './template.entity.ts';

type ExtractInput = {
  readonly templateId: number;
  readonly accountId: number;
  /** Null: from any that has it. */
  readonly zoneId: number | null;
};

export const extractFile = saga<ExtractInput>('extractTemplate')
  .rows(
    'linked',
    async ({ tx, input, job, clock, settings }) => {
      const template = await tx.findOneBy(Template, { id: input.templateId });
      const copy = await tx.findOne(TemplateCopy, {
        where: { templateId: input.templateId, storeKind: 'image', state: 'Ready', ...(input.zoneId !== null && { zoneId: input.zoneId }) },
        order: { id: 'ASC' },
      });
      if (!template || !copy)
        throw problem(
          'invalid',
          `${template?.name ?? 'it'} is not complete ${input.zoneId === null ? 'in any zone' : 'in that zone'}: wait until it is ready`,
        );
      const subjectType = template.kind === 'ISO' ? 'Iso' : 'Template';
      const { storeId, zoneId, path } = copy;
      const { templateId: subjectId, accountId } = input;
      return {
        linkId: await ensureLink(
          tx,
          { uuid: job.uuid, subjectType, subjectId, accountId, storeId, zoneId, path, ownership: 'shared' },
          { clock, settings },
        ),
      };
    },
    async ({ tx, out }) => {
      if (out.linked) await tx.delete(StoreLink, { id: out.linked.linkId });
    },
  )
  .hosts(
    'published',
    async (step) => publishLink(step.out.linked.linkId, step),
    async (step) => {
      if (step.out.linked) await withdrawLink(step.out.linked.linkId, step);
    },
  )
  .rows('shown', async (step) => showLink(step.out.linked.linkId, step.out.published, step));
