// deleteTemplate
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { type Caller, everyRole } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Zone } from '../zone/zone.entity.ts';
import { dropTemplate } from './delete-template.saga.ts';
import { usersOfTemplate } from './template-clones.ts';
import { Template } from './template.entity.ts';

export const deleteTemplate = command({
  name: 'deleteTemplate',
  about: 'Removes a template that no machine has its disk from.',
  roles: everyRole,
  async: true,
  event: 'TEMPLATE.DELETE',
  since: '1.0',
  params: {
    id: param.ref(Template, { required: true, access: 'operate', about: 'the template' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only from this zone' }),
  },
  returns: success,
  async execute({ id: template, zoneid: zone }, { tx, caller, jobs }) {
    await refuseWhileCloned(tx, template, zone?.id ?? null, caller);
    return jobs.start(
      dropTemplate,
      { templateId: template.id, zoneId: zone?.id ?? null },
      {
        subject: { type: 'Template', id: template.id, uuid: template.uuid, accountId: template.accountId },
      },
    );
  },
});

const named = 5;

/** @throws inUse naming the machines, as far as they are the caller's to know */
async function refuseWhileCloned(tx: EntityManager, template: Template, zoneId: number | null, caller: Caller): Promise<void> {
  const users = await usersOfTemplate(tx, template.id, zoneId);
  if (users.length === 0) return;
  const known = users.filter(({ accountId }) => caller.role === 'Admin' || accountId === caller.accountId).slice(0, named);
  const others = users.length - known.length;
  const list = [
    ...known.map(({ name }) => name),
    ...(others > 0 ? [`${others} ${known.length > 0 ? 'more' : 'of other accounts'}`] : []),
  ].join(', ');
  throw problem('inUse', `disks of virtual machines depend on template ${template.name} (${list}): destroy and expunge them first`);
}
