// The table of disk offerings: sizes and kinds of data disks.
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
  WordColumn,
} from '../../kernel/db/columns.ts';
import type { OfferingState, provisioningTypes, storageTypes } from './service-offering.entity.ts';

@Entity('disk_offering')
@Index('disk_offering_uuid', ['uuid'], { unique: true })
@Index('disk_offering_name', ['name'])
export class DiskOffering {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @TextColumn({ length: 4096 }) displayText: string;
  @WordColumn() state: OfferingState;
  /** 0 when the user chooses the size. */
  @BigColumn() diskSizeBytes: number;
  @FlagColumn() customized: boolean;
  /** Comma-separated: pools must carry all of them. */
  @TextColumn() tags: string;
  @WordColumn() storageType: (typeof storageTypes)[number];
  @WordColumn() provisioningType: (typeof provisioningTypes)[number];
  /** Shown to users. */
  @FlagColumn({ default: true }) displayOffering: boolean;
  @RefColumn({ nullable: true }) domainId: number | null;
  @RefColumn({ nullable: true }) zoneId: number | null;
  @IntColumn({ default: 0 }) sortKey: number;
  @MomentColumn() created: Date;
}
