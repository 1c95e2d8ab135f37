// All settings of this server in memory: loaded at start, again when the version that each beat reads has grown.
import { problem } from '@strata/domain';
import type { DataSource, EntityManager } from 'typeorm';
import type { AnySetting } from '../area.ts';
import type { Log } from '../log/log.ts';
import { globalScope, type ScopeRef, type Setting, type SettingsBook, type SettingScope, type SettingValue } from './settings.ts';

interface Row {
  readonly scope: SettingScope;
  readonly scopeId: number;
  readonly name: string;
  readonly value: string;
}

interface Change {
  readonly key: string;
  readonly value: string | undefined;
}

export class SettingsStore implements SettingsBook {
  readonly declared: readonly Setting[];
  private readonly byName = new Map<string, Setting>();
  private values = new Map<string, string>();
  private version = 0;
  private readonly pending = new WeakMap<EntityManager, Change[]>();

  constructor(
    private readonly dataSource: DataSource,
    declared: readonly AnySetting[],
    private readonly log: Log,
  ) {
    this.declared = (declared as readonly Setting[]).toSorted((a, b) => (a.name < b.name ? -1 : 1));
    for (const setting of this.declared) {
      if (this.byName.has(setting.name)) throw new Error(`setting ${setting.name} is declared twice`);
      this.byName.set(setting.name, setting);
    }
  }

  get<T extends SettingValue>(setting: Setting<T>, ...scopes: readonly ScopeRef[]): T {
    for (const scope of scopes) {
      const value = this.own(setting, scope);
      if (value !== undefined) return value;
    }
    return this.own(setting, globalScope) ?? setting.initial;
  }

  find(name: string): Setting | undefined {
    return this.byName.get(name);
  }

  own<T extends SettingValue>(setting: Setting<T>, scope: ScopeRef): T | undefined {
    const text = this.values.get(keyOf(scope, setting.name));
    return text === undefined ? undefined : decode(setting, text);
  }

  async change<T extends SettingValue>(tx: EntityManager, setting: Setting<T>, scope: ScopeRef, value: T | undefined): Promise<void> {
    if (scope.scope !== 'global' && !setting.scopes.includes(scope.scope)) {
      throw problem(
        'invalid',
        `setting ${setting.name} has no value per ${scope.scope}: it can be set ${['global', ...setting.scopes].join(', ')}`,
      );
    }
    if (value === undefined) {
      await tx.query('DELETE FROM setting_value WHERE scope = ? AND scope_id = ? AND name = ?', [scope.scope, scope.id, setting.name]);
    } else {
      await tx.query(
        'INSERT INTO setting_value (scope, scope_id, name, value) VALUES (?, ?, ?, ?) ON DUPLICATE KEY UPDATE value = VALUES(value)',
        [scope.scope, scope.id, setting.name, String(value)],
      );
    }
    await tx.query('UPDATE setting_version SET version = version + 1 WHERE id = 1');
    const changes = this.pending.get(tx) ?? [];
    changes.push({ key: keyOf(scope, setting.name), value: value === undefined ? undefined : String(value) });
    this.pending.set(tx, changes);
  }

  /** After the commit of `tx`: this server's readers see its changes at once. */
  committed(tx: EntityManager): void {
    for (const { key, value } of this.pending.get(tx) ?? []) {
      if (value === undefined) this.values.delete(key);
      else this.values.set(key, value);
    }
    this.pending.delete(tx);
  }

  async load(): Promise<void> {
    const versions = await this.dataSource.query<{ version: number }[]>('SELECT version FROM setting_version WHERE id = 1');
    const rows = await this.dataSource.query<Row[]>('SELECT scope, scope_id AS scopeId, name, value FROM setting_value');
    this.values = new Map(rows.map((row) => [keyOf({ scope: row.scope, id: row.scopeId }, row.name), row.value]));
    this.version = versions[0]?.version ?? 0;
  }

  /** Told by each beat of the server's lease. */
  async noticeVersion(version: number): Promise<void> {
    if (version === this.version) return;
    await this.load();
    this.log.debug({ version }, 'settings were loaded again');
  }
}

function keyOf(scope: ScopeRef, name: string): string {
  return `${scope.scope}:${scope.id}:${name}`;
}

function decode<T extends SettingValue>(setting: Setting<T>, text: string): T {
  switch (typeof setting.initial) {
    case 'number':
      return Number(text) as T;
    case 'boolean':
      return (text === 'true') as T;
    default:
      return text as T;
  }
}

/** A value as people send it. @throws invalid that says what is expected */
export function decodeSetting<T extends SettingValue>(setting: Setting<T>, text: string): T {
  const word = text.trim();
  const refuse = (expected: string) =>
    problem('invalid', `setting ${setting.name} can't be "${setting.secret ? '***' : word.slice(0, 80)}": ${expected}`);
  if (typeof setting.initial === 'number' && !/^-?\d{1,15}(\.\d{1,9})?$/.test(word)) throw refuse('a number is expected');
  if (typeof setting.initial === 'boolean' && !/^(true|false)$/i.test(word)) throw refuse('true or false is expected');
  const value = decode(setting, typeof setting.initial === 'string' ? text : word.toLowerCase());
  const objection = setting.refuse?.(value);
  if (objection !== undefined) throw refuse(objection);
  return value;
}
