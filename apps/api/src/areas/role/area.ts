// Roles: four, built in.
import { area } from '../../kernel/area.ts';
import { listRoles } from './list-roles.command.ts';

export const roleArea = area({ name: 'role', commands: [listRoles] });
