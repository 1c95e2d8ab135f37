// Access rules, asked for every pair of role and place in the tree.
import { describe, expect, it } from 'vitest';
import { mayActInDomain } from './access.ts';
import { childDomainPath, domainContains, formatDomainPath, parentDomainPath, parseDomainPath } from './domain-path.ts';
import { everyRole, holdsRightsOf, type Role } from './roles.ts';

describe('domain paths', () => {
  it('are written ROOT/a/b outside and /a/b/ inside', () => {
    expect(['/', '/a/', '/a/b/'].map(formatDomainPath)).toEqual(['ROOT', 'ROOT/a', 'ROOT/a/b']);
    for (const text of [undefined, '', '/', 'ROOT', 'root/', '/ROOT/']) expect(parseDomainPath(text, 'domain')).toBe('/');
    for (const text of ['a/b', '/a/b', 'a/b/', '/a/b/', 'ROOT/a/b']) expect(parseDomainPath(text, 'domain')).toBe('/a/b/');
    for (const text of ['a//b', 'a//', '//a']) expect(() => parseDomainPath(text, 'domain')).toThrow('is not a domain path');
  });

  it('know parents and children', () => {
    expect(childDomainPath('/a/', 'b')).toBe('/a/b/');
    expect(['/', '/a/', '/a/b/'].map(parentDomainPath)).toEqual([undefined, '/', '/a/']);
    expect(domainContains('/a/', '/ab/')).toBe(false);
    expect(domainContains('/a/', '/a/b/')).toBe(true);
  });
});

it('administrators act in their domain and below, users in none', () => {
  const paths = ['/', '/a/', '/a/b/', '/ab/'];
  const below = (domainPath: string, role: Role) => paths.filter((path) => mayActInDomain({ role, domainPath }, path));
  for (const role of everyRole.filter((one) => one !== 'User')) {
    expect(below('/', role)).toEqual(paths);
    expect(below('/a/', role)).toEqual(['/a/', '/a/b/']);
    expect(below('/ab/', role)).toEqual(['/ab/']);
  }
  for (const path of paths) expect(below(path, 'User')).toEqual([]);
});

it('A06 gives nobody power over someone with more rights', () => {
  const table = Object.fromEntries(everyRole.map((role) => [role, everyRole.filter((other) => holdsRightsOf({ role }, other))]));
  expect(table).toEqual({
    Admin: ['Admin', 'ResourceAdmin', 'DomainAdmin', 'User'],
    ResourceAdmin: ['ResourceAdmin', 'User'],
    DomainAdmin: ['DomainAdmin', 'User'],
    User: ['User'],
  });
});
