// Every id parameter of every command: what is not there and what is another tenant's cannot be told apart (T02, T03, what must hold 7).
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areas } from '../src/app.module.ts';
import type { Command } from '../src/kernel/command/command.ts';
import type { Param } from '../src/kernel/command/param.ts';
import { administratorsOnly, type EntityClass } from '../src/kernel/command/resource.ts';
import type { Body, Params } from './harness/api-client.ts';
import { nobody, plausible, type Sent } from './harness/parameter-samples.ts';
import { tableState } from './harness/table-state.ts';
import { type Belongings, startTenantCloud, type TenantCloud } from './harness/tenant-cloud.ts';
import { reaches, type Tenant, type TenantName } from './harness/tenants.ts';

const commands = areas.flatMap((area) => area.commands);
const withReferences = commands
  .filter(({ params }) => Object.values(params).some(({ ref }) => ref))
  .map((command) => [command.name, command] as const);
const resources = areas.flatMap((area) => area.resources);

let place: TenantCloud;
let callers: readonly (readonly [TenantName, Tenant])[];
/** One existing row of each entity that parameters refer to. */
const someRow = new Map<string, string>();

beforeAll(async () => {
  place = await startTenantCloud();
  callers = Object.entries(place.tenants) as [TenantName, Tenant][];
  for (const { entity } of resources) {
    const row = await place.cloud.server.dataSource.getRepository(entity as EntityClass).findOne({ where: {}, order: { id: 'ASC' } });
    if (row) someRow.set(entity.name, row.uuid);
  }
}, 120_000);
afterAll(() => place.stop());

const goneText = (name: string, id: string) =>
  `Invalid parameter ${name} value=${id} due to incorrect long value format, or entity does not exist`;
const mayCall = ({ role }: Tenant, { roles }: Command) => roles === 'anyone' || roles.includes(role);
const maySend = ({ role }: Tenant, { roles }: Param) => !roles || roles.includes(role);

/** Whether the caller has nothing that it could name for another required parameter: that one is refused first. */
function lacksOthers(command: Command, name: TenantName, tested: string): boolean {
  return Object.entries(command.params).some(([param, { required, ref }]) => {
    if (!required || !ref || param === tested || place.tenants[name].role === 'Admin') return false;
    return ref.access === 'operate' && !(ref.entity.name in place.belongings.root);
  });
}

/** What the caller itself could name: its own things, or those open to all. */
function usable(name: TenantName, entity: string): string {
  const own: Partial<Record<string, string>> = place.belongings[name];
  return own[entity] ?? someRow.get(entity) ?? nobody;
}

/** All that must be sent besides the parameter under test, naming what the caller may use. */
function others(command: Command, name: TenantName, tested: string): Sent {
  const required = Object.entries(command.params).filter(
    ([param, { required, roles }]) => required && param !== tested && (!roles || roles.includes(place.tenants[name].role)),
  );
  return Object.assign(
    {},
    ...required.map(([param, declared]) =>
      declared.ref ? { [param]: usable(name, declared.ref.entity.name) } : plausible(param, declared),
    ),
  ) as Sent;
}

async function ask(caller: Tenant, command: Command, params: Params): Promise<{ status: number; text: string; body: Body }> {
  const { status, text } = await caller.client.send('', {
    body: caller.client.query({ command: command.name, response: 'json', ...params }),
  });
  const body = (JSON.parse(text) as Record<string, Body>)[command.envelope] ?? {};
  return { status, text: String(body['errortext'] ?? ''), body };
}

/** Ids of rows of this entity that must not exist for the caller. */
function hiddenFrom(name: TenantName, entity: string): string[] {
  const caller = place.tenants[name];
  if (caller.role === 'Admin') return [];
  const owners = callers.filter(([, owner]) => !reaches(caller, owner) && !(entity === 'Domain' && owner.domainId === caller.domainId));
  if (entity in place.belongings.root) return [...new Set(owners.map(([owner]) => place.belongings[owner][entity as keyof Belongings]))];
  if (entity in place.privateToBlue)
    return reaches(caller, place.tenants.blue1) || caller.domainId === place.tenants.blue1.domainId
      ? []
      : [place.privateToBlue[entity as 'Zone']];
  const { may } = resources.find((resource) => resource.entity.name === entity)!;
  return may === administratorsOnly ? [someRow.get(entity)].filter((id) => id !== undefined) : [];
}

it('there is a row of everything that parameters refer to', () => {
  const referred = new Set(commands.flatMap(({ params }) => Object.values(params).flatMap(({ ref }) => (ref ? [ref.entity.name] : []))));
  expect([...referred].filter((entity) => !someRow.has(entity))).toEqual([]);
  expect(withReferences.length).toBeGreaterThan(60);
});

describe('an id of nothing', () => {
  it.each(withReferences)('is refused by %s with the text of the contract, and changes nothing', async (_name, command) => {
    const before = await tableState(place.cloud.server.dataSource);
    for (const [param, declared] of Object.entries(command.params)) {
      if (!declared.ref) continue;
      for (const [name, caller] of callers.filter(([, tenant]) => mayCall(tenant, command) && maySend(tenant, declared))) {
        if (lacksOthers(command, name, param)) continue;
        for (const id of [nobody, '999999999', ...(declared.ref.allowNone ? [] : ['-1'])]) {
          const answer = await ask(caller, command, { ...others(command, name, param), [param]: id });
          expect(answer, `${param} by ${name}`).toMatchObject({ status: 431, text: goneText(param, id) });
        }
      }
    }
    expect(await tableState(place.cloud.server.dataSource)).toEqual(before);
  });
});

describe("another tenant's id", () => {
  it.each(withReferences)('is refused by %s with the text for an id of nothing, and changes nothing', async (_name, command) => {
    const database = place.cloud.server.dataSource;
    const before = await tableState(database);
    for (const [param, declared] of Object.entries(command.params)) {
      if (!declared.ref) continue;
      const { entity } = declared.ref;
      for (const [name, caller] of callers.filter(([, tenant]) => mayCall(tenant, command) && maySend(tenant, declared))) {
        if (lacksOthers(command, name, param)) continue;
        for (const uuid of hiddenFrom(name, entity.name)) {
          const { id } = (await database.getRepository(entity).findOneByOrFail({ uuid })) as { id: number };
          for (const sent of [uuid, String(id)]) {
            const answer = await ask(caller, command, { ...others(command, name, param), [param]: sent });
            expect(answer, `${param} by ${name}`).toMatchObject({ status: 431, text: goneText(param, sent) });
          }
        }
      }
    }
    expect(await tableState(database)).toEqual(before);
  });

  it('is hidden from someone, for each kind of thing that accounts own', () => {
    for (const entity of [...Object.keys(place.belongings.root), ...Object.keys(place.privateToBlue), 'Host', 'StoragePool']) {
      expect(hiddenFrom('red1', entity).length, entity).toBeGreaterThan(0);
    }
    expect(hiddenFrom('red1', 'VirtualMachine')).toHaveLength(7);
    expect(hiddenFrom('redAdmin', 'VirtualMachine').sort()).toEqual(
      ['root', 'blueAdmin', 'blue1'].map((name) => place.belongings[name as TenantName].VirtualMachine).sort(),
    );
  });

  it('is found by those whose rights reach it', async () => {
    for (const [command, entity] of [
      ['listVirtualMachines', 'VirtualMachine'],
      ['listVolumes', 'Volume'],
      ['listAccounts', 'Account'],
      ['listUsers', 'User'],
    ] as const) {
      for (const [, caller] of callers) {
        for (const [owner, tenant] of callers) {
          if (reaches(caller, tenant))
            expect(
              await caller.client.list(command, { id: place.belongings[owner][entity] }),
              `${command} of ${owner} by ${caller.name}`,
            ).toHaveLength(1);
        }
      }
    }
  });
});

describe('account and domainid', () => {
  // createDomain takes the id that the new domain shall have.
  const named = commands
    .filter(({ name, params }) => params['domainid']?.type === 'uuid' && !params['domainid'].ref && name !== 'createDomain')
    .map((command) => [command.name, command] as const);

  it.each(named)('of %s tell a caller nothing about domains and accounts beyond its rights', async (_name, command) => {
    const before = await tableState(place.cloud.server.dataSource);
    for (const [name, caller] of callers.filter(([, tenant]) => mayCall(tenant, command) && maySend(tenant, command.params['domainid']!))) {
      const strangers = callers
        .map(([, tenant]) => tenant)
        .filter((tenant) => !reaches(caller, tenant) && tenant.domainId !== caller.domainId);
      for (const stranger of strangers) {
        const given = { ...others(command, name, 'domainid'), ...(command.params['templatefilter'] && { templatefilter: 'self' }) };
        const forms: Sent[] = command.params['account'] ? [{ account: stranger.name }, { account: 'nobody-at-all' }] : [];
        if (!command.params['account']?.required) forms.push({});
        const answers = await Promise.all(
          forms.flatMap((form) =>
            [stranger.domainId, nobody].map(async (domainid) => {
              const { status, text } = await ask(caller, command, { ...given, ...form, domainid });
              return {
                status,
                text: text.replaceAll(domainid, 'ID').replaceAll(`account ${form['account']} `, 'account NAME '),
                withAccount: form['account'] !== undefined,
              };
            }),
          ),
        );
        for (const kind of [true, false]) {
          const seen = answers.filter(({ withAccount }) => withAccount === kind);
          for (const answer of seen) expect(answer, `${stranger.name} by ${caller.name}`).toEqual(seen[0]);
        }
      }
    }
    expect(await tableState(place.cloud.server.dataSource)).toEqual(before);
  });
});

describe('a list of all that a caller may see', () => {
  const lists = commands
    .filter(({ name, roles }) => /^(list|get|find)/.test(name) && roles !== 'anyone')
    .map((command) => [command.name, command] as const);

  it.each(lists)('%s never holds the name or id of what belongs to others', async (_name, command) => {
    for (const [name, caller] of callers) {
      if (!mayCall(caller, command) || caller.role === 'Admin') continue;
      const strangers = callers.filter(([, tenant]) => !reaches(caller, tenant));
      const canaries = strangers.flatMap(([owner, tenant]) => {
        const { Domain: domain, ...owned } = place.belongings[owner];
        const ofDomain = owner.startsWith('blue') && !name.startsWith('blue') ? [domain, 'azure'] : [];
        return [tenant.name, ...Object.values(owned), ...ofDomain];
      });
      expect(canaries.length).toBeGreaterThan(5);
      for (const more of [{}, { listall: true }, { listall: true, isrecursive: true }]) {
        for (const filter of command.params['templatefilter']
          ? ['all', 'executable', 'self', 'featured', 'community', 'shared']
          : [undefined]) {
          const params = { ...others(command, name, ''), ...more, templatefilter: filter };
          const { text } = await caller.client.send('', {
            body: caller.client.query({ command: command.name, response: 'json', ...params }),
          });
          for (const canary of canaries)
            expect(text.includes(canary), `${canary} for ${caller.name} in ${text.slice(0, 2_000)}`).toBe(false);
        }
      }
    }
  });
});
