// What other consoles ask before and right after a login, about things that this server does not do.
import { area } from '../../kernel/area.ts';
import { forgotPassword } from './forgot-password.command.ts';
import { listGuiThemes } from './list-gui-themes.command.ts';
import { listIdps } from './list-idps.command.ts';
import { listLdapConfigurations } from './list-ldap-configurations.command.ts';
import { listOauthProvider } from './list-oauth-provider.command.ts';
import { listSwifts } from './list-swifts.command.ts';

export const loginPageArea = area({
  name: 'login-page',
  commands: [forgotPassword, listGuiThemes, listIdps, listLdapConfigurations, listOauthProvider, listSwifts],
});
