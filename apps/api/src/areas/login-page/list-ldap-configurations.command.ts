// listLdapConfigurations
import { everyRole } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';

const ldapConfigurationView = view<{ hostname: string; port: number }>('LdapConfiguration', {
  hostname: field.string('the name of the LDAP server', (row) => row.hostname),
  port: field.integer('its port', (row) => row.port),
});

/** Other consoles log out when they can not ask; users are kept by this server only. */
export const listLdapConfigurations = command({
  name: 'listLdapConfigurations',
  about: 'Lists LDAP servers that users come from: none can be configured.',
  roles: everyRole,
  since: '1.0',
  envelope: 'ldapconfigurationresponse',
  params: {
    hostname: param.string({ about: 'only this server' }),
    port: param.integer({ about: 'only servers at this port' }),
  },
  returns: listOf(ldapConfigurationView),
  execute: () => Promise.resolve([]),
});
