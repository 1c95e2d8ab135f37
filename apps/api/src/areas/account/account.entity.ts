// The table of accounts: what owns resources.
import type { AccountState } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import type { Role } from '../../kernel/command/caller.ts';
import {
  FlagColumn,
  IdColumn,
  MomentColumn,
  RefColumn,
  TextColumn,
  UuidColumn,
  VersionColumn,
  WordColumn,
} from '../../kernel/db/columns.ts';

@Entity('account')
@Index('account_uuid', ['uuid'], { unique: true })
@Index('account_name', ['domainId', 'name'], { unique: true })
export class Account {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn({ length: 100 }) name: string;
  @RefColumn() domainId: number;
  @WordColumn() role: Role;
  @WordColumn() state: AccountState;
  @VersionColumn() version: number;
  /** DNS suffix of guests whose network has none of its own. */
  @TextColumn({ nullable: true }) networkDomain: string | null;
  /** The administrator that the installation was made with: can't be deleted, and local requests act as it. */
  @FlagColumn() isDefault: boolean;
  @MomentColumn() created: Date;
}
