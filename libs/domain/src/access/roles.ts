// The four role types and which role holds all rights of which.
import { problem } from '../errors.ts';

export const roleTypes = ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'] as const;
export type RoleType = (typeof roleTypes)[number];

const accountTypes: Readonly<Record<RoleType, number>> = { User: 0, Admin: 1, DomainAdmin: 2, ResourceAdmin: 3 };

/** `accounttype` of the API. */
export function accountTypeOfRole(role: RoleType): number {
  return accountTypes[role];
}

/** Throws `invalid` for a number that is no account type. */
export function roleOfAccountType(type: number, parameter = 'accounttype'): RoleType {
  const role = roleTypes.find((candidate) => accountTypes[candidate] === type);
  if (!role)
    throw problem(
      'invalid',
      `${parameter} ${type} is not an account type: use 0 for a user, 1 for an administrator of everything, 2 for an administrator of a domain, 3 for an administrator of resources`,
    );
  return role;
}

/** A resource administrator reads infrastructure that a domain administrator may not: neither holds all rights of the other. */
const included: Readonly<Record<RoleType, readonly RoleType[]>> = {
  Admin: roleTypes,
  ResourceAdmin: ['ResourceAdmin', 'User'],
  DomainAdmin: ['DomainAdmin', 'User'],
  User: ['User'],
};

export function roleIncludes(role: RoleType, other: RoleType): boolean {
  return included[role].includes(other);
}
