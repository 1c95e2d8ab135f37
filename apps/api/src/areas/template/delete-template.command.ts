// deleteTemplate
import { everyRole } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Zone } from '../zone/zone.entity.ts';
import { dropTemplate } from './delete-template.saga.ts';
import { refuseWhileCloned } from './refuse-while-cloned.ts';
import { assertKind, templateSubject } from './template-kind.ts';
import { Template } from './template.entity.ts';

export const deleteTemplate = command({
  name: 'deleteTemplate',
  about: 'Removes a template that no machine has its disk from, also while it is being fetched.',
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
    assertKind(template, 'TEMPLATE', 'deleteIso');
    await refuseWhileCloned(tx, template, zone?.id ?? null, caller);
    return jobs.start(dropTemplate, { templateId: template.id, zoneId: zone?.id ?? null }, { subject: templateSubject(template) });
  },
});
