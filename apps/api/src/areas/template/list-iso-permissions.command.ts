// listIsoPermissions
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { assertKind } from './template-kind.ts';
import { readPermissions, templatePermissionView } from './template-permission.view.ts';
import { Template } from './template.entity.ts';

export const listIsoPermissions = command({
  name: 'listIsoPermissions',
  about: 'Tells who beside its owner may use an ISO.',
  roles: everyRole,
  since: '1.0',
  envelope: 'listtemplatepermissionsresponse',
  params: {
    id: param.ref(Template, { required: true, access: 'operate', about: 'the ISO' }),
  },
  returns: templatePermissionView,
  async execute({ id: template }, { tx }) {
    assertKind(template, 'ISO', 'listTemplatePermissions');
    return readPermissions(tx, template);
  },
});
