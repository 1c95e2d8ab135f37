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

export type TemplateKind = 'TEMPLATE' | 'ISO';

/** A template or an ISO. */
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
  /** `None` for ISOs. */
  @WordColumn() hypervisor: string;
  @WordColumn({ default: 'TEMPLATE' }) kind: TemplateKind;
  @WordColumn() format: 'QCOW2' | 'ISO';
  @WordColumn() type: 'BUILTIN' | 'USER' | 'SYSTEM';
  @WordColumn({ default: 'x86_64' }) arch: string;
  @FlagColumn() isPublic: boolean;
  @FlagColumn() isFeatured: boolean;
  @FlagColumn() isExtractable: boolean;
  @FlagColumn() passwordEnabled: boolean;
  /** Whether machines boot from it. */
  @FlagColumn({ default: true }) bootable: boolean;
  /** Where it is fetched from; empty for what was uploaded or installed. */
  @TextColumn({ length: 2048, default: '' }) url: string;
  /** `{SHA-256}…` as it was asked for, of the file before it is unpacked; or empty. */
  @WordColumn({ length: 255, default: '' }) checksum: string;
  /** Zero until the file has arrived. */
  @BigColumn() virtualSizeBytes: number;
  @BigColumn() physicalSizeBytes: number;
  /** SHA-256 of the file as it lies in storage, hex; empty until it has arrived. */
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
  /** Of copies in primary pools: since when no disk or drive needs it; null while one does. */
  @MomentColumn({ nullable: true }) unusedSince: Date | null;
}

@Entity('template_permission')
@Index('template_permission_account', ['accountId'])
export class TemplatePermission {
  @RefColumn({ primary: true }) templateId: number;
  @RefColumn({ primary: true }) accountId: number;
}
