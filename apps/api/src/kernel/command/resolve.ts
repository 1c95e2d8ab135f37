// Turns raw parameters into the arguments of a command: decoded, complete, ids replaced by rows the caller may use.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Caller } from './caller.ts';
import type { Command } from './command.ts';
import { noSuchEntity, type Param } from './param.ts';
import type { RawParams } from './raw-params.ts';
import type { Registry } from './registry.ts';
import type { EntityClass, Resource, ResourceRow } from './resource.ts';

/** @throws invalid when a parameter is missing, malformed or names what this caller may not see; denied when it may see but not use it */
export async function resolveArguments(
  command: Command,
  raw: RawParams,
  caller: Caller,
  registry: Registry,
  read: EntityManager,
): Promise<Record<string, unknown>> {
  const args: Record<string, unknown> = {};
  const references: { name: string; param: Param; value: unknown }[] = [];
  for (const [name, param] of Object.entries(command.params)) {
    const allowed = !param.roles || param.roles.includes(caller.role);
    const value = allowed ? param.decode(raw, name) : undefined;
    if (value === undefined) {
      if (param.required && allowed) {
        throw problem(
          'invalid',
          `Unable to execute API command ${command.name.toLowerCase()} due to missing parameter ${name}: ${command.name} needs it (${param.about})`,
        );
      }
      continue;
    }
    if (param.ref) references.push({ name, param, value });
    else args[name] = value;
  }
  for (const { name, param, value } of references) {
    const resource = registry.resourceOf(param.ref!.entity);
    args[name] = Array.isArray(value)
      ? await findAll(name, value as string[], param, resource, caller, read)
      : await findOne(name, value as string, param, resource, caller, read);
  }
  return args;
}

async function findOne(
  name: string,
  id: string,
  param: Param,
  resource: Resource,
  caller: Caller,
  read: EntityManager,
): Promise<ResourceRow | undefined> {
  if (id === '-1') {
    if (param.ref!.allowNone) return undefined;
    throw noSuchEntity(name, id);
  }
  const [row] = await findRows(resource.entity, [id], read);
  return permitted(name, id, row, param, resource, caller, read);
}

/** Each row once, in the order in which they were first named. */
async function findAll(
  name: string,
  ids: string[],
  param: Param,
  resource: Resource,
  caller: Caller,
  read: EntityManager,
): Promise<ResourceRow[]> {
  const byId = new Map(
    (await findRows(resource.entity, ids, read)).flatMap((row) => [[row.uuid, row] as const, [String(row.id), row] as const]),
  );
  const result = new Set<ResourceRow>();
  for (const id of ids) {
    const row = byId.get(id.toLowerCase());
    if (!row || !result.has(row)) result.add(await permitted(name, id, row, param, resource, caller, read));
  }
  return [...result];
}

/** By uuid, or by the small internal number that older clients send. */
async function findRows(entity: EntityClass, ids: readonly string[], read: EntityManager): Promise<ResourceRow[]> {
  const numbers = ids.filter((id) => /^\d+$/.test(id)).map(Number);
  const uuids = ids.filter((id) => !/^-?\d+$/.test(id)).map((id) => id.toLowerCase());
  // Without a condition the query would read the whole table.
  if (uuids.length === 0 && numbers.length === 0) return [];
  const query = read.createQueryBuilder(entity, 'row');
  if (uuids.length > 0) query.orWhere('row.uuid IN (:...uuids)', { uuids });
  if (numbers.length > 0) query.orWhere('row.id IN (:...numbers)', { numbers });
  return query.getMany();
}

async function permitted(
  name: string,
  id: string,
  row: ResourceRow | undefined,
  param: Param,
  resource: Resource,
  caller: Caller,
  read: EntityManager,
): Promise<ResourceRow> {
  if (!row) throw noSuchEntity(name, id);
  if (caller.role === 'Admin' || (await resource.may(caller, row, param.ref!.access, read))) return row;
  if (await resource.may(caller, row, 'see', read)) {
    throw problem('denied', `you may see this ${resource.noun} but not ${param.ref!.access} it: ask its owner or an administrator`);
  }
  throw noSuchEntity(name, id);
}
