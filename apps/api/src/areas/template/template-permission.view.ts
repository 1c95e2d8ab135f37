// Who beside its owner may use a template or ISO, as answers show it.
import type { EntityManager } from 'typeorm';
import { field, view } from '../../kernel/command/view.ts';
import type { Template } from './template.entity.ts';

interface TemplatePermissionRow {
  readonly templateUuid: string;
  readonly domainUuid: string;
  readonly isPublic: boolean;
  readonly accountNames: readonly string[];
}

export const templatePermissionView = view<TemplatePermissionRow>('templatepermission', {
  id: field.string('its id', (permission) => permission.templateUuid),
  ispublic: field.boolean('whether everyone may use it', (permission) => permission.isPublic),
  domainid: field.string('the domain of the owner', (permission) => permission.domainUuid),
  account: field.strings('the accounts that may use it beside the owner', (permission) => permission.accountNames),
});

export async function readPermissions(read: EntityManager, template: Template): Promise<TemplatePermissionRow> {
  const domains = await read.query<{ uuid: string }[]>('SELECT uuid FROM domain WHERE id = ?', [template.domainId]);
  const accounts = await read.query<{ name: string }[]>(
    'SELECT a.name FROM template_permission p JOIN account a ON a.id = p.account_id WHERE p.template_id = ? ORDER BY a.name',
    [template.id],
  );
  return {
    templateUuid: template.uuid,
    domainUuid: domains[0]!.uuid,
    isPublic: template.isPublic,
    accountNames: accounts.map(({ name }) => name),
  };
}
