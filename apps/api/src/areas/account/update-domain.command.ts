// updateDomain
import { childDomainPath, parentDomainPath, parseDomainName, problem } from '@strata/domain';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { treePattern } from '../../kernel/command/resource.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { Domain, maxPathLength, rootDomainId } from './domain.entity.ts';
import { domainSource, domainView } from './domain.view.ts';

export const updateDomain = command({
  name: 'updateDomain',
  about: 'Changes the name or the network domain of a domain.',
  roles: ['Admin'],
  since: '1.0',
  event: 'DOMAIN.UPDATE',
  params: {
    id: param.ref(Domain, { required: true, access: 'operate', about: 'the domain to change' }),
    name: param.string({ about: 'the new name' }),
    networkdomain: param.text({ about: 'the DNS suffix of guests whose network has none; empty for none' }),
  },
  returns: domainView,
  async execute(args, ctx) {
    const { tx } = ctx;
    const domain = await tx.findOneOrFail(Domain, { where: { id: args.id.id }, lock: { mode: 'pessimistic_write' } });
    if (args.networkdomain !== undefined) await tx.update(Domain, { id: domain.id }, { networkDomain: args.networkdomain.trim() || null });
    if (args.name !== undefined && args.name.trim() !== domain.name) {
      if (domain.id === rootDomainId) throw problem('denied', 'the domain ROOT keeps its name');
      const name = parseDomainName(args.name, 'name');
      const path = childDomainPath(parentDomainPath(domain.path)!, name);
      const [longest] = await tx.query<{ length: number }[]>('SELECT MAX(CHAR_LENGTH(path)) AS length FROM domain WHERE path LIKE ?', [
        treePattern(domain.path),
      ]);
      if ((longest?.length ?? 0) - [...domain.path].length + [...path].length > maxPathLength) {
        throw problem('invalid', `a domain below would get a path of more than ${maxPathLength} characters: choose a shorter name`);
      }
      await unlessTaken(
        tx.update(Domain, { id: domain.id }, { name }),
        `the domain above already has a domain ${name}: choose another name`,
      );
      // Paths hold the names of all domains above.
      await tx.query('UPDATE domain SET path = CONCAT(?, SUBSTRING(path, CHAR_LENGTH(?) + 1)) WHERE path LIKE ?', [
        path,
        domain.path,
        treePattern(domain.path),
      ]);
    }
    return rowById(domainSource, tx, domain.id);
  },
});
