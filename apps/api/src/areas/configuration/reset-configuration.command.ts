// resetConfiguration
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { globalScope } from '../../kernel/settings/settings.ts';
import { configurationView } from './configuration.view.ts';
import { imageStoreParam, scopeOf, scopeParams } from './configuration-scope.ts';
import { settingNamed } from './setting-named.ts';

export const resetConfiguration = command({
  name: 'resetConfiguration',
  about: 'Gives a setting its initial value back, or in one scope the value that holds everywhere.',
  roles: ['Admin'],
  event: 'CONFIGURATION.VALUE.EDIT',
  since: '1.0',
  params: {
    name: param.string({ required: true, about: 'the name of the setting' }),
    ...scopeParams('operate'),
    imagestoreid: imageStoreParam('operate'),
  },
  returns: configurationView,
  async execute({ name, imagestoreid, ...scopes }, { caller, tx, settings }) {
    const setting = settingNamed(settings, name);
    const scope = scopeOf(caller, scopes, imagestoreid);
    await settings.change(tx, setting, scope, undefined);
    return { setting, value: scope === globalScope ? setting.initial : settings.get(setting) };
  },
});
