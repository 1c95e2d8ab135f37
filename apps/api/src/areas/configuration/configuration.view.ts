// Settings in answers.
import { field, view } from '../../kernel/command/view.ts';
import type { Setting, SettingValue } from '../../kernel/settings/settings.ts';

export interface ConfigurationRow {
  readonly setting: Setting;
  /** What holds in the scope asked for. */
  readonly value: SettingValue;
}

const masked = '********';

function shown(setting: Setting, value: SettingValue): string {
  return setting.secret ? masked : String(value);
}

const typeNames = { string: 'String', number: 'Number', boolean: 'Boolean' } as const;

export const configurationView = view<ConfigurationRow>('configuration', {
  category: field.string('the category', ({ setting }) => setting.category),
  group: field.string('the same, as newer clients group settings', ({ setting }) => setting.category),
  subgroup: field.string('always Others', () => 'Others'),
  name: field.string('the name', ({ setting }) => setting.name),
  displaytext: field.string('the name in words', ({ setting }) => inWords(setting.name)),
  value: field.string('the value that holds', ({ setting, value }) => shown(setting, value)),
  defaultvalue: field.string('the value of a new installation', ({ setting }) => shown(setting, setting.initial)),
  description: field.string('what it does', ({ setting }) => setting.about),
  component: field.string('always strata', () => 'strata'),
  type: field.string('String, Number or Boolean', ({ setting }) => typeNames[typeof setting.initial as keyof typeof typeNames]),
  scope: field.string('where it can have a value of its own', ({ setting }) => ['global', ...setting.scopes].join(',')),
  isdynamic: field.boolean('always true: changes hold within seconds and without a restart', () => true),
});

/** `expunge.delay` → `Expunge delay`. */
export function inWords(name: string): string {
  const words = name.replace(/[._]/g, ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
