// listOauthProvider
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';

const oauthProviderView = view<{ uuid: string; provider: string }>('oauthprovider', {
  id: field.string('the id of the provider', (row) => row.uuid),
  provider: field.string('the name of the provider', (row) => row.provider),
});

/** The login page of other consoles asks which OAuth providers to offer; users are kept by this server only. */
export const listOauthProvider = command({
  name: 'listOauthProvider',
  about: 'Lists OAuth providers: none can be configured.',
  roles: 'anyone',
  since: '1.0',
  params: {
    id: param.uuid({ about: 'only the provider with this id' }),
    provider: param.string({ about: 'only the provider of this name' }),
  },
  returns: listOf(oauthProviderView),
  execute: () => Promise.resolve([]),
});
