// Who may see, use and change a network.
import type { AccessRule } from '../../kernel/command/resource.ts';
import { actsOnDomainTree, isInDomainTree, ownedByAccount } from '../../kernel/command/resource.ts';
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
  if (network.subdomainAccess) {
    const rows = await read.query<{ path: string }[]>('SELECT path FROM domain WHERE id = ?', [network.domainId]);
    if (rows[0] && caller.domainPath.startsWith(rows[0].path)) return true;
  }
  return access === 'see' && actsOnDomainTree(caller) && isInDomainTree(caller, network.domainId, read);
};
