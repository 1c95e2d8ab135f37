// Who may see, use and change a network.
import { domainContains, mayActInDomain } from '@strata/domain';
import type { AccessRule } from '../../kernel/command/resource.ts';
import { findDomainPath, ownedByAccount } from '../../kernel/command/resource.ts';
import type { Network } from './network.entity.ts';

/** Account networks are their owner's; domain networks are used by the domain (and those below, where it says so) and changed by administrators. */
export const networkAccess: AccessRule<Network> = async (caller, network, access, read) => {
  if (network.isSystem) return false;
  if (network.aclType === 'Account') {
    if (network.accountId === null || network.domainId === null) return false;
    return ownedByAccount(caller, { accountId: network.accountId, domainId: network.domainId }, access, read);
  }
  if (access === 'operate') return false;
  if (network.domainId === null || network.domainId === caller.domainId) return true;
  const path = await findDomainPath(network.domainId, read);
  if (path === undefined) return false;
  return (network.subdomainAccess && domainContains(path, caller.domainPath)) || (access === 'see' && mayActInDomain(caller, path));
};
