// Who may act on whom, pair by pair (T04).
import { describe, expect, it } from 'vitest';
import { everyRole } from '../../kernel/command/caller.ts';
import { holdsRightsOf, roleDefinition, roles } from './roles.ts';

describe('roles', () => {
  it('are one per role word, with ids, names and types of their own', () => {
    expect(roles.map(({ role }) => role).toSorted()).toEqual([...everyRole].toSorted());
    for (const key of ['uuid', 'name', 'accountType'] as const) expect(new Set(roles.map((role) => role[key])).size).toBe(roles.length);
    expect(roleDefinition('DomainAdmin').accountType).toBe(2);
  });

  it('hold the rights of', () => {
    const table = Object.fromEntries(everyRole.map((role) => [role, everyRole.filter((other) => holdsRightsOf({ role }, other))]));
    expect(table).toEqual({
      Admin: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
      ResourceAdmin: ['ResourceAdmin', 'User'],
      DomainAdmin: ['DomainAdmin', 'User'],
      User: ['User'],
    });
  });
});
