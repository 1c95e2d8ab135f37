// listIdps
import { command, listOf } from '../../kernel/command/command.ts';
import { field, view } from '../../kernel/command/view.ts';

const idpView = view<{ uuid: string; name: string }>('idp', {
  id: field.string('the id of the identity provider', (row) => row.uuid),
  orgName: field.string('the name of its organisation', (row) => row.name),
});

/** The login page of other consoles asks which SAML providers to offer; users are kept by this server only. */
export const listIdps = command({
  name: 'listIdps',
  about: 'Lists SAML identity providers: none can be configured.',
  roles: 'anyone',
  since: '1.0',
  params: {},
  returns: listOf(idpView),
  execute: () => Promise.resolve([]),
});
