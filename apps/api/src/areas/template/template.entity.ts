// Templates, the copies of them that image stores and primary pools hold, and the accounts that may use them beside the owner.
import type { TemplateCopyState } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import {
  BigColumn,
  FlagColumn,
  IdColumn,
  IntColumn,
  MomentColumn,
  RefColumn,
  TextColumn,
  UuidColumn,
  VersionColumn,
  WordColumn,
} from '../../kernel/db/columns.ts';

@Entity('template')
@Index('template_uuid', ['uuid'], { unique: true })
@Index('template_account', ['accountId'])
export class Template {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @TextColumn({ length: 4096 }) displayText: string;
  @RefColumn() accountId: number;
  @RefColumn() domainId: number;
  @RefColumn() osTypeId: number;
  @WordColumn() hypervisor: string;
  @WordColumn() format: 'QCOW2';
  @WordColumn() type: 'BUILTIN' | 'USER' | 'SYSTEM';
  @WordColumn({ default: 'x86_64' }) arch: string;
  @FlagColumn() isPublic: boolean;
  @FlagColumn() isFeatured: boolean;
  @FlagColumn() isExtractable: boolean;
  @FlagColumn() passwordEnabled: boolean;
  @BigColumn() virtualSizeBytes: number;
  @BigColumn() physicalSizeBytes: number;
  /** SHA-256 of the file, hex. */
  @WordColumn() sha256: string;
  @MomentColumn() created: Date;
}

/** One file of a template in an image store (`image`) or in a primary pool (`primary`). */
@Entity('template_copy')
@Index('template_copy_place', ['templateId', 'storeKind', 'storeId'], { unique: true })
@Index('template_copy_store', ['storeKind', 'storeId'])
export class TemplateCopy {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() templateId: number;
  @WordColumn() storeKind: 'image' | 'primary';
  @RefColumn() storeId: number;
  @RefColumn() zoneId: number;
  @WordColumn() state: TemplateCopyState;
  @VersionColumn() version: number;
  /** Relative to the store's root. */
  @TextColumn({ charset: 'ascii', collation: 'ascii_bin' }) path: string;
  @IntColumn({ default: 0 }) percent: number;
  @TextColumn({ length: 1024, default: '' }) error: string;
}

@Entity('template_permission')
@Index('template_permission_account', ['accountId'])
export class TemplatePermission {
  @RefColumn({ primary: true }) templateId: number;
  @RefColumn({ primary: true }) accountId: number;
}
