// The table of users: who logs in or signs requests for an account.
import type { UserState } from '@strata/domain';
import { Column, Entity, Index } from 'typeorm';
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

@Entity('user')
@Index('user_uuid', ['uuid'], { unique: true })
@Index('user_username', ['domainId', 'username'], { unique: true })
@Index('user_api_key', ['apiKey'], { unique: true })
@Index('user_account', ['accountId'])
export class User {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn({ length: 100 }) username: string;
  @RefColumn() accountId: number;
  /** The account's domain, in which user names are unique. */
  @RefColumn() domainId: number;
  @WordColumn({ length: 255 }) passwordHash: string;
  /** The password is the one that every installation starts with. */
  @FlagColumn() hasInitialPassword: boolean;
  @TextColumn({ default: '' }) firstname: string;
  @TextColumn({ default: '' }) lastname: string;
  @TextColumn({ default: '' }) email: string;
  /** As in the IANA database. */
  @WordColumn({ nullable: true }) timezone: string | null;
  @WordColumn() state: UserState;
  @VersionColumn() version: number;
  @Column({ type: 'char', length: 86, charset: 'ascii', collation: 'ascii_bin', nullable: true }) apiKey: string | null;
  /** As SecretBox sealed it. */
  @WordColumn({ length: 512, nullable: true }) sealedSecretKey: string | null;
  @FlagColumn() isDefault: boolean;
  @MomentColumn() created: Date;
}
