// Typed settings: declared by areas with setting(), stored per scope, read through Settings.
import type { EntityManager } from 'typeorm';

export type SettingScope = 'global' | 'zone' | 'cluster' | 'storagepool' | 'imagestore' | 'account' | 'domain';
export type SettingValue = string | number | boolean;

export interface Setting<T extends SettingValue = SettingValue> {
  /** Dotted wire name, for example `cpu.overprovisioning.factor`. */
  readonly name: string;
  readonly about: string;
  readonly category: string;
  readonly initial: T;
  /** Scopes that may override the global value. */
  readonly scopes: readonly SettingScope[];
  /** Refuses values that make no sense: returns what is wrong, or undefined. */
  readonly refuse?: (value: T) => string | undefined;
  /** Values are masked in answers and logs. */
  readonly secret?: boolean;
}

/** Which row a scoped value belongs to. */
export interface ScopeRef {
  readonly scope: SettingScope;
  readonly id: number;
}

/** Reads settings; values are cached and at most a few seconds old on other servers. */
export interface Settings {
  /** The value of the narrowest scope given that has one, then the global value, then the initial one. */
  get<T extends SettingValue>(setting: Setting<T>, ...scopes: readonly ScopeRef[]): T;
}

/** What the commands that show and change settings need. */
export interface SettingsBook extends Settings {
  readonly declared: readonly Setting[];
  find(name: string): Setting | undefined;
  /** The value set for exactly this scope, if there is one. */
  own<T extends SettingValue>(setting: Setting<T>, scope: ScopeRef): T | undefined;
  /** Stores a value, or removes it with `undefined`; other readers see it after the commit. */
  change<T extends SettingValue>(tx: EntityManager, setting: Setting<T>, scope: ScopeRef, value: T | undefined): Promise<void>;
}

/** The scope of values that hold everywhere. */
export const globalScope: ScopeRef = { scope: 'global', id: 0 };

export function setting<T extends SettingValue>(
  declaration: Omit<Setting<T>, 'scopes'> & { scopes?: readonly SettingScope[] },
): Setting<T> {
  return { scopes: [], ...declaration };
}
