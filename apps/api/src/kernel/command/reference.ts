// What there is to say of a command, as plain data: for the generated pages and the page that the server shows.
import { everyRole } from './caller.ts';
import type { Command } from './command.ts';
import { itemOf } from './executor.ts';
import type { Field, View, WireType } from './view.ts';

export interface ParamReference {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly about: string;
}

export interface FieldReference {
  /** Nested fields with their path: `nic[].ipaddress`. */
  readonly path: string;
  readonly type: WireType;
  readonly about: string;
}

export interface CommandReference {
  readonly name: string;
  readonly about: string;
  readonly roles: string;
  /** How it answers: at once, by a job, or after one. */
  readonly execution: string;
  readonly event?: string;
  readonly since: string;
  /** Required ones first. */
  readonly params: readonly ParamReference[];
  /** The shape of the answer in one line. */
  readonly answer: string;
  readonly fields: readonly FieldReference[];
}

/** The commands in the order of their names. */
export function referencesOf(commands: readonly Command[]): CommandReference[] {
  return commands.map(referenceOf).sort((a, b) => (a.name < b.name ? -1 : 1));
}

export function referenceOf(command: Command): CommandReference {
  const params = Object.entries(command.params).map(
    ([name, { type, required = false, about, roles, maxLength, values }]): ParamReference => ({
      name,
      required,
      type: values ? values.join(', ') : type === 'string' && maxLength !== 255 ? `string, at most ${maxLength} characters` : type,
      about: roles ? `${about} (only for ${roles.join(', ')})` : about,
    }),
  );
  const view = viewOf(command);
  return {
    name: command.name,
    about: command.about,
    roles: rolesOf(command),
    execution: executionOf(command),
    ...(command.event !== undefined && { event: command.event }),
    since: command.since,
    params: [...params.filter(({ required }) => required), ...params.filter(({ required }) => !required)],
    answer: answerOf(command),
    fields: view ? fieldsOf(view, '') : [],
  };
}

function rolesOf({ roles }: Command): string {
  if (roles === 'anyone') return 'anyone, without credentials';
  return roles.length === everyRole.length ? 'every role' : roles.join(', ');
}

function executionOf({ async, creates }: Command): string {
  if (async === true)
    return creates ? 'asynchronous: answers the id of a job and of what it creates' : 'asynchronous: answers the id of a job';
  return async === 'awaited' ? 'synchronous: answers when its job has ended' : 'synchronous';
}

function viewOf({ returns }: Command): View<never> | undefined {
  if ('view' in returns) return returns.view;
  return 'render' in returns ? returns : undefined;
}

function answerOf(command: Command): string {
  const kind = 'kind' in command.returns ? command.returns.kind : 'object';
  const place = command.async === true ? 'jobresult' : command.envelope;
  switch (kind) {
    case 'success':
      return `${place}: success`;
    case 'flat':
      return `${place}: the fields below`;
    case 'object':
      return `${place}.${itemOf(command)}: one object`;
    case 'page':
    case 'list':
      return `${place}.${itemOf(command)}: a list of objects, ${place}.count: how many there are`;
  }
}

function fieldsOf(view: View<never>, prefix: string): FieldReference[] {
  return Object.entries<Field<never>>(view.fields).flatMap(([name, { type, about, roles, of: nested }]) => {
    const path = `${prefix}${name}`;
    const own = { path, type, about: roles ? `${about} (only for ${roles.join(', ')})` : about };
    return nested ? [own, ...fieldsOf(nested, type === 'list' ? `${path}[].` : `${path}.`)] : [own];
  });
}
