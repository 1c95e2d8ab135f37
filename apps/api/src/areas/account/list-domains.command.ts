// listDomains
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { treePattern } from '../../kernel/command/resource.ts';
import { Domain } from './domain.entity.ts';
import { domainSource, domainView } from './domain.view.ts';

export const listDomains = listCommand({
  name: 'listDomains',
  about: 'Lists domains.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  params: {
    id: param.ref(Domain, { access: 'see', about: 'only the domain with this id' }),
    name: param.string({ about: 'only domains of this name' }),
    level: param.integer({ about: 'only domains so far below ROOT' }),
    listall: param.boolean({ about: 'also the domains below the own one' }),
  },
  source: domainSource,
  returns: domainView,
  keyword: ['d.name'],
  where({ id, name, level, listall }, where, { caller }) {
    where.equals('d.id', id?.id).equals('d.name', name).equals('d.level', level);
    if (caller.role === 'Admin') return;
    if (id || listall) where.and('d.path LIKE ?', treePattern(caller.domainPath));
    else where.equals('d.id', caller.domainId);
  },
});
