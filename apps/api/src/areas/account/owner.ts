// Whom a new object belongs to: the caller, or the account that an administrator names.
import { problem } from '@strata/domain';
import type { CommandContext } from '../../kernel/command/command.ts';
import { noSuchEntity, param } from '../../kernel/command/param.ts';
import { Account } from './account.entity.ts';
import { mayAccount } from './account.resources.ts';
import { Domain } from './domain.entity.ts';

/** For the params of commands that create what accounts own. */
export const ownerParams = {
  account: param.string({ about: 'the account that will own it; needs domainid unless it is in the own domain' }),
  domainid: param.uuid({ about: 'the domain of that account' }),
  projectid: param.uuid({ about: 'the project that will own it' }),
};

export interface OwnerParams {
  readonly account?: string | undefined;
  readonly domainid?: string | undefined;
  readonly projectid?: string | undefined;
}

export interface Owner {
  readonly accountId: number;
  readonly accountUuid: string;
  readonly accountName: string;
  readonly domainId: number;
  readonly domainPath: string;
}

/** @throws invalid when no such account exists; denied when it is not the caller's to act for, or not enabled */
export async function resolveOwner(args: OwnerParams, ctx: CommandContext): Promise<Owner> {
  const { caller } = ctx;
  if (args.projectid !== undefined && args.projectid !== '-1') throw noSuchEntity('projectid', args.projectid);
  if (args.account === undefined) {
    if (args.domainid !== undefined && args.domainid !== caller.domainUuid && args.domainid !== String(caller.domainId)) {
      throw problem('invalid', 'domainid names the domain of an account: send account with it');
    }
    const { accountId, accountUuid, accountName, domainId, domainPath } = caller;
    return { accountId, accountUuid, accountName, domainId, domainPath };
  }
  const { account, domain } = await findNamedAccount(args.account, args.domainid, ctx, 'use');
  if (account.state !== 'enabled')
    throw problem('denied', `account ${account.name} is ${account.state}: enable it before it gets anything new`);
  return { accountId: account.id, accountUuid: account.uuid, accountName: account.name, domainId: domain.id, domainPath: domain.path };
}

/**
 * The account of that name in the domain, the caller's own when none is given. Whoever may not look there learns nothing of it.
 * @throws invalid when there is none; denied
 */
export async function findNamedAccount(
  name: string,
  domainid: string | undefined,
  ctx: CommandContext,
  access: 'use' | 'operate',
): Promise<{ account: Account; domain: Domain }> {
  const { caller, tx } = ctx;
  const domain = await findDomain(domainid ?? caller.domainUuid, ctx);
  const account = domain && (await tx.findOneBy(Account, { domainId: domain.id, name }));
  if (domain && account && (await mayAccount(caller, account, access, tx))) return { account, domain };
  if (caller.role !== 'Admin')
    throw problem('denied', `account ${name} is not yours to act for: leave account and domainid out, or ask an administrator`);
  if (!domain) throw noSuchEntity('domainid', domainid ?? caller.domainUuid);
  throw problem('invalid', `account ${name} does not exist in domain ${domain.name}`);
}

function findDomain(id: string, { tx }: CommandContext): Promise<Domain | null> {
  return tx.findOneBy(Domain, /^\d+$/.test(id) ? { id: Number(id) } : { uuid: id });
}
