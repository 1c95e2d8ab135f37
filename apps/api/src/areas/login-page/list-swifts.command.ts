// listSwifts
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { field, view } from '../../kernel/command/view.ts';

const swiftView = view<{ uuid: string; url: string }>('swift', {
  id: field.string('the id of the object store', (row) => row.uuid),
  url: field.string('its address', (row) => row.url),
});

/** A console of the 3.0 era asks right after the login of an administrator. */
export const listSwifts = command({
  name: 'listSwifts',
  about: 'Lists Swift object stores: none can be added.',
  roles: adminRoles,
  since: '1.0',
  params: {},
  returns: listOf(swiftView),
  execute: () => Promise.resolve([]),
});
