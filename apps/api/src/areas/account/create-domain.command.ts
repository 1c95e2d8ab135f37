// createDomain
import { randomUUID } from 'node:crypto';
import { childDomainPath, parseDomainName, problem } from '@strata/domain';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { rowById } from '../../kernel/command/source.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { Domain, maxPathLength } from './domain.entity.ts';
import { domainSource, domainView } from './domain.view.ts';
import { ownId } from './new-user.ts';

export const createDomain = command({
  name: 'createDomain',
  about: 'Creates a domain below another.',
  roles: ['Admin', 'DomainAdmin'],
  since: '1.0',
  event: 'DOMAIN.CREATE',
  params: {
    name: param.string({ required: true, about: 'the name; unique among the domains below the same one' }),
    parentdomainid: param.ref(Domain, { access: 'use', about: 'the domain above; the own one when absent' }),
    networkdomain: param.string({ about: 'the DNS suffix of guests whose network has none' }),
    domainid: param.uuid({ about: 'the id that the domain gets, for those who bring their own' }),
  },
  returns: domainView,
  async execute(args, ctx) {
    const name = parseDomainName(args.name, 'name');
    // Locked against a rename or deletion meanwhile: the path is made of it.
    const parent = await ctx.tx.findOneOrFail(Domain, {
      where: { id: args.parentdomainid?.id ?? ctx.caller.domainId },
      lock: { mode: 'pessimistic_write' },
    });
    const path = childDomainPath(parent.path, name);
    if (path.length > maxPathLength)
      throw problem('invalid', `the path of the domain would have ${path.length} characters; at most ${maxPathLength} are possible`);
    const row = {
      uuid: ownId(args.domainid, 'domainid') ?? randomUUID(),
      name,
      parentId: parent.id,
      path,
      level: parent.level + 1,
      networkDomain: args.networkdomain ?? null,
      created: ctx.clock.now(),
    };
    const { identifiers } = await unlessTaken(
      ctx.tx.insert(Domain, row),
      `domain ${parent.name} already has a domain ${name}, or an object with the id asked for: choose another`,
    );
    return rowById(domainSource, ctx.tx, (identifiers[0] as { id: number }).id);
  },
});
