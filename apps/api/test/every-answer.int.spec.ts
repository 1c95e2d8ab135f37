// Every list and every object that is read: filled answers as the declared views promise, alike in XML and JSON.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { areas } from '../src/app.module.ts';
import { everyRole, type Role } from '../src/kernel/command/caller.ts';
import type { Command } from '../src/kernel/command/command.ts';
import { itemOf } from '../src/kernel/command/executor.ts';
import type { EntityClass } from '../src/kernel/command/resource.ts';
import type { Field, View, WireType } from '../src/kernel/command/view.ts';
import type { Body } from './harness/api-client.ts';
import { nobody, plausible, type Sent } from './harness/parameter-samples.ts';
import { startTenantCloud, type TenantCloud } from './harness/tenant-cloud.ts';
import type { Tenant } from './harness/tenants.ts';
import { parseXml, treeOfJson } from './harness/xml-tree.ts';

/** Answered on the management server alone, and not of simulated machines: the lab's suite reads it. */
const localOnly = 'getSystemVmLogin';

const readers = areas
  .flatMap((area) => area.commands)
  .filter(
    ({ name, readOnly, returns }) =>
      readOnly && name !== localOnly && /^(list|get|find|query)[A-Z]/.test(name) && !('kind' in returns && returns.kind === 'success'),
  );

/** Lists of things that this version does not have, asked for by clients of newer ones. */
const neverFilled = new Set([
  'listGuiThemes',
  'listIdps',
  'listIpForwardingRules',
  'listLdapConfigurations',
  'listOauthProvider',
  'listPortForwardingRules',
  'listProjects',
  'listPublicIpAddresses',
  'listSwifts',
]);

let place: TenantCloud;
let byRole: Readonly<Record<Role, Tenant>>;
beforeAll(async () => {
  place = await startTenantCloud();
  const { root, redAdmin, redResourceAdmin, red1 } = place.tenants;
  byRole = { Admin: root, ResourceAdmin: redResourceAdmin, DomainAdmin: redAdmin, User: red1 };
}, 120_000);
afterAll(() => place.stop());

/** What must be sent, as a caller that knows its way about would. */
async function requiredFor(command: Command, role: Role): Promise<Sent> {
  const sent: Sent = {};
  if (command.name === 'queryAsyncJobResult') sent['jobid'] = belongingsOf(role).Job;
  if (command.name === 'getUser') sent['userapikey'] = byRole[role].client.query({}).replace(/^.*apiKey=([^&]+).*$/, '$1');
  if (command.name === 'listIsoPermissions') sent['id'] = belongingsOf(role).Iso;
  if (command.name === 'listConfigurations' && role !== 'Admin') sent['accountid'] = byRole[role].accountId;
  for (const [name, param] of Object.entries(command.params)) {
    if (!param.required || name in sent) continue;
    const own: Partial<Record<string, string>> = belongingsOf(role);
    if (!param.ref) Object.assign(sent, name === 'templatefilter' ? { [name]: 'executable' } : plausible(name, param));
    else {
      const row = await place.cloud.server.dataSource
        .getRepository(param.ref.entity as EntityClass)
        .findOne({ where: {}, order: { id: 'ASC' } });
      sent[name] = own[param.ref.entity.name] ?? row?.uuid ?? nobody;
    }
  }
  return sent;
}

function belongingsOf(role: Role) {
  const names = { Admin: 'root', ResourceAdmin: 'redResourceAdmin', DomainAdmin: 'redAdmin', User: 'red1' } as const;
  return place.belongings[names[role]];
}

const isOfType: Readonly<Record<WireType, (value: unknown) => boolean>> = {
  string: (value) => typeof value === 'string',
  uuid: (value) => typeof value === 'string',
  integer: Number.isInteger,
  long: Number.isInteger,
  short: Number.isInteger,
  float: Number.isFinite,
  double: Number.isFinite,
  boolean: (value) => typeof value === 'boolean',
  date: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000$/.test(value),
  list: Array.isArray,
  map: (value) => typeof value === 'object' && value !== null && Object.values(value).every((item) => typeof item === 'string'),
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};

/** What of an object its view does not declare like this for the role. */
function differences(object: Body, view: View<never>, role: Role, at: string): string[] {
  return Object.entries(object).flatMap(([name, value]) => {
    const declared: Field<never> | undefined = view.fields[name];
    const path = `${at}.${name}`;
    if (!declared) return [`${path} is not declared`];
    if (declared.roles && !declared.roles.includes(role)) return [`${path} is not for ${role}`];
    if (!isOfType[declared.type](value)) return [`${path} is no ${declared.type}: ${JSON.stringify(value)?.slice(0, 60)}`];
    const { of } = declared;
    return of ? [value as Body | Body[]].flat().flatMap((item) => differences(item, of, role, path)) : [];
  });
}

describe('the answer of', () => {
  it.each(readers.map((command) => [command.name, command] as const))(
    '%s holds what its view declares, for each role, in XML as in JSON',
    async (name, command) => {
      const { returns } = command;
      const view = 'view' in returns ? returns.view : (returns as View<never>);
      for (const role of everyRole) {
        if (command.roles !== 'anyone' && !command.roles.includes(role)) continue;
        const { client } = byRole[role];
        const params = { ...(await requiredFor(command, role)), ...(command.params['listall'] && { listall: true }) };
        const json = await client.send(client.query({ command: name, response: 'json', ...params }));
        expect({ role, status: json.status, text: json.status === 200 ? '' : json.text }).toEqual({ role, status: 200, text: '' });
        const body = (JSON.parse(json.text) as Record<string, Body>)[command.envelope]!;
        const xml = await client.send(client.query({ command: name, ...params }));
        // Two reads are not one: what counts on while it is asked is compared by its element only.
        const steady = (tree: unknown) =>
          JSON.parse(
            JSON.stringify(tree).replace(/"name":"(lastpinged|lastupdated|age)","children":\[\],"text":"[^"]*"/g, '"name":"$1"'),
          ) as unknown;
        expect(steady(parseXml(xml.text))).toEqual(steady(treeOfJson(command.envelope, body)));

        const kind = 'kind' in returns ? returns.kind : 'object';
        if (kind === 'flat') expect(differences(body, view, role, name)).toEqual([]);
        else {
          const item = itemOf(command);
          const objects = [(body[item] ?? []) as Body | Body[]].flat();
          expect(Object.keys(body).filter((key) => key !== 'count' && key !== item)).toEqual([]);
          if (kind !== 'object') expect(body['count']).toBe(objects.length === 0 ? undefined : objects.length);
          expect(objects.flatMap((object, at) => differences(object, view, role, `${item}[${at}]`))).toEqual([]);
          if (role === 'Admin' || command.roles === 'anyone')
            expect(objects.length === 0, `${name} is ${objects.length === 0 ? 'empty' : 'filled'}`).toBe(neverFilled.has(name));
          for (const object of objects) if (view.fields['id']) expect(object['id'], item).toMatch(/\S/);
        }
      }
    },
  );
});
