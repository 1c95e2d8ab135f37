// updateTemplatePermissions
import { everyRole } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { changePermissions, permissionParams } from './change-permissions.ts';
import { assertKind } from './template-kind.ts';
import { Template } from './template.entity.ts';

export const updateTemplatePermissions = command({
  name: 'updateTemplatePermissions',
  about: 'Says who beside its owner may use a template.',
  roles: everyRole,
  event: 'TEMPLATE.UPDATE',
  since: '1.0',
  params: {
    id: param.ref(Template, { required: true, access: 'operate', about: 'the template' }),
    ...permissionParams,
  },
  returns: success,
  async execute({ id: template, ...args }, { tx }) {
    assertKind(template, 'TEMPLATE', 'updateIsoPermissions');
    await changePermissions(tx, template, args);
  },
});
