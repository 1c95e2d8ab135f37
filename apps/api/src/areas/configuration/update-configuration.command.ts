// updateConfiguration
import { problem } from '@strata/domain';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { decodeSetting } from '../../kernel/settings/settings-store.ts';
import { configurationView } from './configuration.view.ts';
import { imageStoreParam, scopeOf, scopeParams } from './configuration-scope.ts';
import { settingNamed } from './setting-named.ts';

export const updateConfiguration = command({
  name: 'updateConfiguration',
  about: 'Changes a setting, everywhere or in one scope; it holds on every server within seconds.',
  roles: ['Admin', 'DomainAdmin'],
  event: 'CONFIGURATION.VALUE.EDIT',
  since: '1.0',
  params: {
    name: param.string({ required: true, about: 'the name of the setting' }),
    // Secret, since the values of some settings are: it never reaches the log.
    value: param.text({ maxLength: 4_096, secret: true, about: 'the new value' }),
    ...scopeParams('operate'),
    imagestoreuuid: imageStoreParam('operate'),
  },
  returns: configurationView,
  async execute({ name, value: text, imagestoreuuid, ...scopes }, { caller, tx, settings }) {
    const setting = settingNamed(settings, name);
    if (text === undefined) throw problem('invalid', `setting ${name} needs a value: send value, or call resetConfiguration`);
    const value = decodeSetting(setting, text);
    await settings.change(tx, setting, scopeOf(caller, scopes, imagestoreuuid), value);
    return { setting, value };
  },
});
