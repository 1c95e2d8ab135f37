// Access rules, asked for every pair of role and place in the tree.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { assertHoldsAllRightsOf, type Caller, holdsAllRightsOf, mayAct, mayActInDomain, maySeeDomain, maySeeShared } from './access.ts';
import { childDomainPath, domainContains, domainLevel, formatDomainPath, parentDomainPath, parseDomainPath } from './domain-path.ts';
import { listScope } from './list-scope.ts';
import { accountTypeOfRole, roleOfAccountType, type RoleType, roleTypes } from './roles.ts';

const paths = ['/', '/a/', '/a/b/', '/ab/'];
const person = (role: RoleType, accountId: number, domainPath: string): Caller => ({
  role,
  accountId: accountId,
  domainId: paths.indexOf(domainPath),
  domainPath,
});
const anyone = fc
  .tuple(fc.constantFrom(...roleTypes), fc.integer({ min: 1, max: 3 }), fc.constantFrom(...paths))
  .map((args) => person(...args));

describe('roles', () => {
  it('have the account types of the API', () => {
    expect(roleTypes.map((role) => [role, accountTypeOfRole(role)])).toEqual([
      ['Admin', 1],
      ['ResourceAdmin', 3],
      ['DomainAdmin', 2],
      ['User', 0],
    ]);
    for (const role of roleTypes) expect(roleOfAccountType(accountTypeOfRole(role))).toBe(role);
    expect(() => roleOfAccountType(5)).toThrow('accounttype 5 is not an account type');
  });
});

describe('domain paths', () => {
  it('are written ROOT/a/b outside and /a/b/ inside', () => {
    expect(['/', '/a/', '/a/b/'].map(formatDomainPath)).toEqual(['ROOT', 'ROOT/a', 'ROOT/a/b']);
    for (const text of [undefined, '', '/', 'ROOT', 'root/', '/ROOT/']) expect(parseDomainPath(text, 'domain')).toBe('/');
    for (const text of ['a/b', '/a/b', 'a/b/', '/a/b/', 'ROOT/a/b']) expect(parseDomainPath(text, 'domain')).toBe('/a/b/');
    for (const text of ['a//b', 'a//', '//a']) expect(() => parseDomainPath(text, 'domain')).toThrow('is not a domain path');
  });

  it('know parents, children and levels', () => {
    expect(childDomainPath('/a/', 'b')).toBe('/a/b/');
    expect(['/', '/a/', '/a/b/'].map(parentDomainPath)).toEqual([undefined, '/', '/a/']);
    expect(['/', '/a/', '/a/b/'].map(domainLevel)).toEqual([0, 1, 2]);
    expect(domainContains('/a/', '/ab/')).toBe(false);
    expect(domainContains('/a/', '/a/b/')).toBe(true);
  });
});

describe('mayAct', () => {
  it('lets the administrator do everything, domain administrators their tree, users their account', () => {
    const owner = { accountId: 9, domainPath: '/a/b/' };
    expect(mayAct(person('Admin', 1, '/'), owner)).toBe(true);
    expect(mayAct(person('DomainAdmin', 1, '/a/'), owner)).toBe(true);
    expect(mayAct(person('DomainAdmin', 1, '/ab/'), owner)).toBe(false);
    expect(mayAct(person('User', 1, '/a/b/'), owner)).toBe(false);
    expect(mayAct(person('User', 9, '/a/b/'), owner)).toBe(true);
  });

  it('shows shared things to their domain, those below and their administrators', () => {
    expect(maySeeShared(person('User', 1, '/a/b/'), null)).toBe(true);
    expect(maySeeShared(person('User', 1, '/a/b/'), '/a/')).toBe(true);
    expect(maySeeShared(person('User', 1, '/a/'), '/a/b/')).toBe(false);
    expect(maySeeShared(person('DomainAdmin', 1, '/a/'), '/a/b/')).toBe(true);
    expect(maySeeDomain(person('User', 1, '/a/'), '/a/')).toBe(true);
    expect(maySeeDomain(person('User', 1, '/a/b/'), '/a/')).toBe(false);
  });

  it('A06 gives nobody power over someone with more rights', () => {
    const cases: [RoleType, RoleType, boolean][] = [
      ['Admin', 'Admin', true],
      ['Admin', 'User', true],
      ['DomainAdmin', 'Admin', false],
      ['DomainAdmin', 'ResourceAdmin', false],
      ['DomainAdmin', 'DomainAdmin', true],
      ['ResourceAdmin', 'DomainAdmin', false],
      ['User', 'User', true],
      ['User', 'DomainAdmin', false],
    ];
    for (const [role, other, holds] of cases)
      expect(holdsAllRightsOf(person(role, 1, '/'), person(other, 1, '/')), `${role} over ${other}`).toBe(holds);
    expect(() => assertHoldsAllRightsOf(person('User', 1, '/'), person('Admin', 2, '/'), 'change the password of admin')).toThrow(
      'only someone with at least the same rights may change the password of admin',
    );
  });

  it('A06 is transitive: through a third person nobody gains rights over a second', () => {
    fc.assert(
      fc.property(anyone, anyone, anyone, (a, b, c) => {
        // One account has one role and one domain.
        fc.pre(
          [
            [a, b],
            [b, c],
            [a, c],
          ].every(
            ([one, other]) => one?.accountId !== other?.accountId || (one?.role === other?.role && one?.domainPath === other?.domainPath),
          ),
        );
        if (holdsAllRightsOf(a, b) && holdsAllRightsOf(b, c)) expect(holdsAllRightsOf(a, c)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('listScope', () => {
  const root = person('Admin', 1, '/');
  const boss = person('DomainAdmin', 2, '/a/');
  const user = person('User', 3, '/a/b/');
  const domain = (path: string) => ({ domainId: paths.indexOf(path), path });

  it('shows the own objects unless more is asked for', () => {
    expect(listScope(root, {})).toEqual({ kind: 'account', accountId: 1 });
    for (const input of [{ listAll: true }, { hasId: true }]) {
      expect(listScope(root, input)).toEqual({ kind: 'all' });
      expect(listScope(boss, input)).toEqual({ kind: 'domainTree', path: '/a/' });
      expect(listScope(user, input)).toEqual({ kind: 'account', accountId: 3 });
    }
  });

  it('CS-67 filters by account and domain', () => {
    const account = { accountId: 3, domainPath: '/a/b/' };
    expect(listScope(boss, { account })).toEqual({ kind: 'account', accountId: 3 });
    expect(listScope(boss, { domain: domain('/a/b/') })).toEqual({ kind: 'domain', domainId: 2 });
    expect(listScope(root, { domain: domain('/a/'), isRecursive: true })).toEqual({ kind: 'domainTree', path: '/a/' });
    expect(listScope(user, { domain: domain('/a/b/'), isRecursive: true })).toEqual({ kind: 'account', accountId: 3 });
  });

  it('denies what is out of reach', () => {
    expect(() => listScope(user, { account: { accountId: 2, domainPath: '/a/' } })).toThrow('you may not list what this account owns');
    expect(() => listScope(boss, { domain: domain('/') })).toThrow('you may not list what this domain owns');
    expect(() => listScope(boss, { domain: domain('/ab/') })).toThrow('you may not list');
    expect(() => listScope(user, { domain: domain('/a/') })).toThrow('you may not list');
  });

  it('knows no projects yet and refuses contradictions', () => {
    expect(listScope(root, { projectId: '-1' })).toEqual({ kind: 'nothing' });
    expect(() => listScope(root, { projectId: 'x' })).toThrow('Invalid parameter projectid value=x');
    expect(() => listScope(root, { projectId: '-1', account: { accountId: 3, domainPath: '/' } })).toThrow('exclude each other');
  });

  it('never shows more than the caller may act on', () => {
    fc.assert(
      fc.property(
        anyone,
        anyone,
        fc.option(fc.constantFrom(...paths), { nil: undefined }),
        fc.boolean(),
        fc.boolean(),
        (caller, owner, path, listAll, isRecursive) => {
          fc.pre(caller.accountId !== owner.accountId || caller.domainPath === owner.domainPath);
          const shown = () => {
            try {
              return listScope(caller, { ...(path === undefined ? {} : { domain: domain(path) }), listAll, isRecursive });
            } catch {
              return { kind: 'nothing' } as const;
            }
          };
          const scope = shown();
          const isShown =
            scope.kind === 'all' ||
            (scope.kind === 'domainTree' && domainContains(scope.path, owner.domainPath)) ||
            (scope.kind === 'domain' && scope.domainId === owner.domainId) ||
            (scope.kind === 'account' && scope.accountId === owner.accountId);
          if (isShown) expect(mayAct(caller, owner) || mayActInDomain(caller, owner.domainPath)).toBe(true);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
