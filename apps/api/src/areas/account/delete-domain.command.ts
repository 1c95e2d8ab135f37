// deleteDomain
import { problem } from '@strata/domain';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { treePattern } from '../../kernel/command/resource.ts';
import { assertNothingOwned } from './account-rules.ts';
import { deleteDomainSaga } from './delete-accounts.saga.ts';
import { Domain, rootDomainId } from './domain.entity.ts';

export const deleteDomain = command({
  name: 'deleteDomain',
  about: 'Deletes a domain that is empty, or with cleanup its accounts and the domains below as well, if they hold nothing any more.',
  roles: ['Admin', 'DomainAdmin'],
  since: '1.0',
  async: true,
  event: 'DOMAIN.DELETE',
  params: {
    id: param.ref(Domain, { required: true, access: 'operate', about: 'the domain to delete' }),
    cleanup: param.boolean({ about: 'also delete the accounts in it and the domains below' }),
  },
  returns: success,
  async execute({ id: domain, cleanup }, ctx) {
    if (domain.id === rootDomainId) throw problem('denied', 'the domain ROOT stays');
    const domains = await ctx.tx.query<{ id: number }[]>('SELECT id FROM domain WHERE path LIKE ? ORDER BY level DESC, id FOR UPDATE', [
      treePattern(domain.path),
    ]);
    const domainIds = domains.map(({ id }) => id);
    const accounts = await ctx.tx.query<{ id: number }[]>('SELECT id FROM account WHERE domain_id IN (?)', [domainIds]);
    const accountIds = accounts.map(({ id }) => id);
    if (!cleanup && domains.length + accounts.length > 1) {
      throw problem(
        'inUse',
        `domain ${domain.name} still holds ${accounts.length} accounts and ${domains.length - 1} domains: delete them first, or send cleanup=true`,
      );
    }
    await assertNothingOwned(ctx, { accountIds, domainIds }, `domain ${domain.name}`);
    return ctx.jobs.start(deleteDomainSaga, { domainIds, accountIds }, { subject: { type: 'Domain', id: domain.id, uuid: domain.uuid } });
  },
});
