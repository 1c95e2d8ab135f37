// listDomainChildren
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { treePattern } from '../../kernel/command/resource.ts';
import { Domain } from './domain.entity.ts';
import { domainSource, domainView } from './domain.view.ts';

export const listDomainChildren = listCommand({
  name: 'listDomainChildren',
  about: 'Lists the domains below a domain.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  params: {
    id: param.ref(Domain, { access: 'see', about: 'the domain above; the own one when absent' }),
    name: param.string({ about: 'only domains of this name' }),
    isrecursive: param.boolean({ about: 'all domains below, not only the next level' }),
    listall: param.boolean({ about: 'without id: as isrecursive' }),
  },
  source: domainSource,
  returns: domainView,
  keyword: ['d.name'],
  where({ id, name, isrecursive, listall }, where, { caller }) {
    const parent = id ?? { id: caller.domainId, path: caller.domainPath };
    where.equals('d.name', name);
    if (isrecursive || (listall && !id)) where.and('d.path LIKE ? AND d.id <> ?', treePattern(parent.path), parent.id);
    else where.equals('d.parent_id', parent.id);
  },
});
