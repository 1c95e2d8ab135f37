// The four roles, and which holds all rights of which.

export const everyRole = ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'] as const;
export type Role = (typeof everyRole)[number];

/** A resource administrator reads infrastructure that a domain administrator may not: neither holds all rights of the other. */
const included: Readonly<Record<Role, readonly Role[]>> = {
  Admin: everyRole,
  ResourceAdmin: ['ResourceAdmin', 'User'],
  DomainAdmin: ['DomainAdmin', 'User'],
  User: ['User'],
};

/** A06: nobody gives, or acts on who has, rights that are not among the own ones. */
export function holdsRightsOf(caller: { readonly role: Role }, role: Role): boolean {
  return included[caller.role].includes(role);
}
