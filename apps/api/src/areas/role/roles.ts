// The four built-in roles: their ids, names and account types on the wire.
import type { Role } from '../../kernel/command/caller.ts';

export interface RoleDefinition {
  readonly role: Role;
  /** The same in every installation, so that scripts can name it. */
  readonly uuid: string;
  readonly name: string;
  readonly about: string;
  /** Account type on the wire (contract/protocol section 7). */
  readonly accountType: number;
}

export const roles: readonly RoleDefinition[] = [
  { role: 'Admin', uuid: '5a1f0a10-6c1e-4f0e-9b53-2d5c1a7e0001', name: 'Root Admin', about: 'everything in every domain', accountType: 1 },
  {
    role: 'ResourceAdmin',
    uuid: '5a1f0a10-6c1e-4f0e-9b53-2d5c1a7e0003',
    name: 'Resource Admin',
    about: 'the resources of a domain and those below it',
    accountType: 3,
  },
  {
    role: 'DomainAdmin',
    uuid: '5a1f0a10-6c1e-4f0e-9b53-2d5c1a7e0002',
    name: 'Domain Admin',
    about: 'accounts and resources of a domain and those below it',
    accountType: 2,
  },
  { role: 'User', uuid: '5a1f0a10-6c1e-4f0e-9b53-2d5c1a7e0000', name: 'User', about: 'the resources of the own account', accountType: 0 },
];

export function roleDefinition(role: Role): RoleDefinition {
  return roles.find((definition) => definition.role === role)!;
}
