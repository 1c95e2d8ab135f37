// listTemplatePermissions
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';
import { Template } from './template.entity.ts';

interface TemplatePermissionRow {
  readonly templateUuid: string;
  readonly domainUuid: string;
  readonly isPublic: boolean;
  readonly accountNames: readonly string[];
}

const templatePermissionView = view<TemplatePermissionRow>('templatepermission', {
  id: field.string('the id of the template', (permission) => permission.templateUuid),
  ispublic: field.boolean('whether everyone may use it', (permission) => permission.isPublic),
  domainid: field.string("the domain of the template's owner", (permission) => permission.domainUuid),
  account: field.strings('the accounts that may use it beside the owner', (permission) => permission.accountNames),
});

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
    const domains = await tx.query<{ uuid: string }[]>('SELECT uuid FROM domain WHERE id = ?', [template.domainId]);
    const accounts = await tx.query<{ name: string }[]>(
      'SELECT a.name FROM template_permission p JOIN account a ON a.id = p.account_id WHERE p.template_id = ? ORDER BY a.name',
      [template.id],
    );
    return {
      templateUuid: template.uuid,
      domainUuid: domains[0]!.uuid,
      isPublic: template.isPublic,
      accountNames: accounts.map(({ name }) => name),
    };
  },
});
