// The built-in roles as clients know them.
import { describe, expect, it } from 'vitest';
import { everyRole } from '../../kernel/command/caller.ts';
import { roleDefinition, roles } from './roles.ts';

describe('roles', () => {
  it('are one per role word, with ids, names and types of their own', () => {
    expect(roles.map(({ role }) => role).toSorted()).toEqual([...everyRole].toSorted());
    for (const key of ['uuid', 'name', 'accountType'] as const) expect(new Set(roles.map((role) => role[key])).size).toBe(roles.length);
    expect(roleDefinition('DomainAdmin').accountType).toBe(2);
  });
});
