// listConfigurations
import { computedList } from '../../kernel/command/computed-list.ts';
import { param } from '../../kernel/command/param.ts';
import { configurationView } from './configuration.view.ts';
import { imageStoreParam, scopeOf, scopeParams } from './configuration-scope.ts';

export const listConfigurations = computedList({
  name: 'listConfigurations',
  about: 'Lists settings and the values that hold; with the id of a scope those that can have a value there.',
  roles: ['Admin', 'DomainAdmin'],
  since: '1.0',
  params: {
    name: param.string({ about: 'only settings with this text in their name' }),
    category: param.string({ about: 'only this category' }),
    group: param.string({ about: 'the same, as newer clients name it' }),
    ...scopeParams('see'),
    imagestoreuuid: imageStoreParam('see'),
  },
  returns: configurationView,
  keyword: ({ setting }) => `${setting.name} ${setting.about}`,
  async rows({ name, category, group, imagestoreuuid, ...scopes }, { caller, settings }) {
    const scope = scopeOf(caller, scopes, imagestoreuuid);
    const wanted = (category ?? group)?.toLowerCase();
    return settings.declared
      .filter((setting) => scope.scope === 'global' || setting.scopes.includes(scope.scope))
      .filter((setting) => name === undefined || setting.name.toLowerCase().includes(name.toLowerCase()))
      .filter((setting) => wanted === undefined || setting.category.toLowerCase() === wanted)
      .map((setting) => ({ setting, value: settings.get(setting, scope) }));
  },
});
