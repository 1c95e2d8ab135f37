// Commands as listApis tells of them.
import type { Role } from '../../kernel/command/caller.ts';
import type { Command } from '../../kernel/command/command.ts';
import type { Param } from '../../kernel/command/param.ts';
import { type Field, field, view, type View, type WireType } from '../../kernel/command/view.ts';

interface ParamRow {
  readonly name: string;
  readonly param: Param;
}

interface FieldRow {
  readonly name: string;
  readonly type: WireType;
  readonly about: string;
  readonly nested?: readonly FieldRow[];
}

export interface ApiRow {
  readonly command: Command;
  readonly params: readonly ParamRow[];
  readonly fields: readonly FieldRow[];
}

/** Only parameters and fields that the role may send and sees. */
export function describeCommand(command: Command, role: Role): ApiRow {
  const params = Object.entries(command.params)
    .filter(([, { roles }]) => !roles || roles.includes(role))
    .map(([name, param]) => ({ name, param }));
  return { command, params, fields: fieldsOfCommand(command, role) };
}

function fieldsOfCommand({ returns }: Command, role: Role): readonly FieldRow[] {
  if ('view' in returns) return fieldsOf(returns.view, role);
  if ('render' in returns) return fieldsOf(returns, role);
  return [
    { name: 'success', type: 'boolean', about: 'true when it was done' },
    { name: 'displaytext', type: 'string', about: 'what there is to say about it' },
  ];
}

function fieldsOf(of: View<never>, role: Role): readonly FieldRow[] {
  return Object.entries<Field<never>>(of.fields)
    .filter(([, { roles }]) => !roles || roles.includes(role))
    .map(([name, { type, about, of: nested }]) => ({ name, type, about, ...(nested && { nested: fieldsOf(nested, role) }) }));
}

const paramView = view<ParamRow>('param', {
  name: field.string('the name of the parameter', (row) => row.name),
  description: field.string('what it is', (row) => row.param.about),
  type: field.string('its type on the wire', (row) => row.param.type),
  length: field.integer('the most characters it may have', (row) => row.param.maxLength),
  required: field.boolean('whether it must be sent', (row) => row.param.required ?? false),
  since: field.string('the first version that knows it', (row) => row.param.since),
});

const nestedFieldView = view<FieldRow>('response', {
  name: field.string('the name of the field', (row) => row.name),
  description: field.string('what it is', (row) => row.about),
  type: field.string('its type on the wire', (row) => row.type),
});

const fieldView = view<FieldRow>('response', {
  ...nestedFieldView.fields,
  response: field.list('the fields of a nested object', nestedFieldView, (row) => row.nested),
});

export const apiView = view<ApiRow>('api', {
  name: field.string('the name of the command', (row) => row.command.name),
  description: field.string('what it does', (row) => row.command.about),
  since: field.string('the first version that knows it', (row) => row.command.since),
  isasync: field.boolean('whether it answers a job', (row) => row.command.async === true),
  params: field.list('what it takes', paramView, (row) => row.params),
  response: field.list('what it answers', fieldView, (row) => row.fields),
});
