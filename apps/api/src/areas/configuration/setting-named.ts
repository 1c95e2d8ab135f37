// Finds a setting by the name a caller gave.
import { problem } from '@strata/domain';
import type { Setting, SettingsBook } from '../../kernel/settings/settings.ts';

/** @throws invalid when there is none of this name */
export function settingNamed(settings: SettingsBook, name: string): Setting {
  const setting = settings.find(name.trim());
  if (!setting) throw problem('invalid', `there is no setting ${name.slice(0, 80)}: listConfigurations names them all`);
  return setting;
}
