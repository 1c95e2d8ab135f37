// updateIsoPermissions
import { everyRole } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { changePermissions, permissionParams } from './change-permissions.ts';
import { assertKind } from './template-kind.ts';
import { Template } from './template.entity.ts';

export const updateIsoPermissions = command({
  name: 'updateIsoPermissions',
  about: 'Says who beside its owner may use an ISO.',
  roles: everyRole,
  event: 'ISO.UPDATE',
  since: '1.0',
  params: {
    id: param.ref(Template, { required: true, access: 'operate', about: 'the ISO' }),
    ...permissionParams,
  },
  returns: success,
  async execute({ id: template, ...args }, { tx }) {
    assertKind(template, 'ISO', 'updateTemplatePermissions');
    await changePermissions(tx, template, args);
  },
});
