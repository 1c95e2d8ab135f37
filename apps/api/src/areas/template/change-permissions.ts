// Changes who beside its owner may use a template or ISO.
import { problem } from '@strata/domain';
import { type CommandContext } from '../../kernel/command/command.ts';
import { type ArgsOf, param } from '../../kernel/command/param.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { Account } from '../account/account.entity.ts';
import { Template, TemplatePermission } from './template.entity.ts';

export const permissionParams = {
  ispublic: param.boolean({ about: 'whether everyone may use it' }),
  isfeatured: param.boolean({ roles: ['Admin'], about: 'whether it is recommended to everyone' }),
  isextractable: param.boolean({ roles: ['Admin'], about: 'whether its file may be downloaded' }),
  op: param.enum(['add', 'remove', 'reset'], { about: 'add or remove accounts, or take it from all of them' }),
  accounts: param.strings({ about: "names of accounts in the owner's domain" }),
};

export async function changePermissions(
  tx: CommandContext['tx'],
  template: Template,
  { op, accounts = [], ...flags }: ArgsOf<typeof permissionParams>,
): Promise<void> {
  const changes = changesOf<Template>({ isPublic: flags.ispublic, isFeatured: flags.isfeatured, isExtractable: flags.isextractable });
  if (changes) await tx.update(Template, { id: template.id }, changes);
  if (op === undefined && accounts.length > 0)
    throw problem('invalid', 'parameter op is missing: say whether the accounts are to be added or removed');
  if (op === 'reset') await tx.delete(TemplatePermission, { templateId: template.id });
  if (op !== 'add' && op !== 'remove') return;
  if (accounts.length === 0) throw problem('invalid', `parameter accounts is missing: name the accounts to ${op}`);
  for (const name of accounts) await changeGrant(tx, template, op, name);
}

async function changeGrant(tx: CommandContext['tx'], template: Template, op: 'add' | 'remove', name: string): Promise<void> {
  const account = await tx.findOneBy(Account, { domainId: template.domainId, name });
  if (!account)
    throw problem(
      'invalid',
      `parameter accounts: there is no account ${name} in the domain of the owner: only accounts of that domain can be named`,
    );
  const grant = { templateId: template.id, accountId: account.id };
  if (op === 'remove') await tx.delete(TemplatePermission, grant);
  else
    await tx.query('INSERT IGNORE INTO template_permission (template_id, account_id) VALUES (?, ?)', [grant.templateId, grant.accountId]);
}
