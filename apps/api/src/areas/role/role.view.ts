// Roles in answers.
import { field, view } from '../../kernel/command/view.ts';
import type { RoleDefinition } from './roles.ts';

export const roleView = view<RoleDefinition>('role', {
  id: field.string('the id of the role', (row) => row.uuid),
  name: field.string('the name of the role', (row) => row.name),
  type: field.string('the type of accounts that have it', (row) => row.role),
  description: field.string('what it allows', (row) => row.about),
  isdefault: field.boolean('whether the role is built in', () => true),
  ispublic: field.boolean('whether domain administrators may give it', () => true),
  state: field.string('whether it can be given', () => 'enabled'),
});
