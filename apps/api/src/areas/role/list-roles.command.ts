// listRoles
import { holdsRightsOf } from '@strata/domain';
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { roleView } from './role.view.ts';
import { roles } from './roles.ts';

export const listRoles = command({
  name: 'listRoles',
  about: 'Lists the roles that the caller may give to accounts.',
  roles: ['Admin', 'ResourceAdmin', 'DomainAdmin'],
  since: '1.0',
  params: {
    id: param.uuid({ about: 'only the role with this id' }),
    name: param.string({ about: 'only the role of this name' }),
    type: param.string({ about: 'only roles of this type: Admin, ResourceAdmin, DomainAdmin or User' }),
    state: param.enum(['enabled', 'disabled'], { about: 'only roles in this state' }),
    keyword: param.string({ about: 'only roles whose name contains this text' }),
    page: param.integer({ about: 'the page to answer; all roles are on the first' }),
    pagesize: param.integer({ about: 'how many roles a page holds' }),
  },
  returns: listOf(roleView),
  execute({ id, name, type, state, keyword, page }, { caller }) {
    const same = (text: string, wanted: string | undefined) => wanted === undefined || text.toLowerCase() === wanted.toLowerCase();
    const found = roles.filter(
      (role) =>
        holdsRightsOf(caller, role.role) &&
        (id === undefined || role.uuid === id) &&
        same(role.name, name) &&
        same(role.role, type) &&
        role.name.toLowerCase().includes((keyword ?? '').toLowerCase()),
    );
    return Promise.resolve(state === 'disabled' || (page ?? 1) > 1 ? [] : found);
  },
});
