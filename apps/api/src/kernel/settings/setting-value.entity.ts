// Settings that differ from their initial value, and the counter that tells other servers of a change.
import { Entity } from 'typeorm';
import { IntColumn, RefColumn, TextColumn, WordColumn } from '../db/columns.ts';
import type { SettingScope } from './settings.ts';

@Entity('setting_value')
export class SettingValueRow {
  @WordColumn({ primary: true, length: 16 }) scope: SettingScope;
  /** Internal id of the scope's object; 0 for the global scope. */
  @RefColumn({ primary: true }) scopeId: number;
  @WordColumn({ primary: true, length: 191 }) name: string;
  @TextColumn({ length: 4096 }) value: string;
}

/** One row. */
@Entity('setting_version')
export class SettingVersion {
  @RefColumn({ primary: true }) id: number;
  @IntColumn({ unsigned: true }) version: number;
}
