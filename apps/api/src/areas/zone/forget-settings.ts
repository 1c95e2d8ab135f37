// The settings of a zone or cluster that is being deleted go with it.
import type { EntityManager } from 'typeorm';
import type { ScopeRef, SettingsBook } from '../../kernel/settings/settings.ts';

export async function forgetSettings(tx: EntityManager, settings: SettingsBook, scope: ScopeRef): Promise<void> {
  for (const setting of settings.declared) {
    if (settings.own(setting, scope) !== undefined) await settings.change(tx, setting, scope, undefined);
  }
}
