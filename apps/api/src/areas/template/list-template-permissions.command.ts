// listTemplatePermissions
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { assertKind } from './template-kind.ts';
import { readPermissions, templatePermissionView } from './template-permission.view.ts';
import { Template } from './template.entity.ts';

export const listTemplatePermissions = command({
  name: 'listTemplatePermissions',
  about: 'Tells who beside its owner may use a template.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.ref(Template, { required: true, access: 'operate', about: 'the template' }),
  },
  returns: templatePermissionView,
  async execute({ id: template }, { tx }) {
    assertKind(template, 'TEMPLATE', 'listIsoPermissions');
    return readPermissions(tx, template);
  },
});
