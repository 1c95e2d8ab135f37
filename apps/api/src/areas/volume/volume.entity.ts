// A disk of a virtual machine.
import type { VolumeState } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import {
  BigColumn,
  IdColumn,
  IntColumn,
  MomentColumn,
  RefColumn,
  TextColumn,
  UuidColumn,
  VersionColumn,
  WordColumn,
} from '../../kernel/db/columns.ts';

@Entity('volume')
@Index('volume_uuid', ['uuid'], { unique: true })
@Index('volume_vm', ['vmId'])
@Index('volume_pool', ['poolId'])
@Index('volume_image_store', ['imageStoreId'])
@Index('volume_account', ['accountId'])
export class Volume {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @RefColumn() accountId: number;
  @RefColumn() domainId: number;
  @RefColumn() zoneId: number;
  /** Null while the volume is only Allocated. */
  @RefColumn({ nullable: true }) poolId: number | null;
  /** The image store that keeps it while it is uploaded and in no pool yet. */
  @RefColumn({ nullable: true }) imageStoreId: number | null;
  @TextColumn({ length: 1024, default: '' }) error: string;
  @RefColumn({ nullable: true }) vmId: number | null;
  /** Position on the machine's bus: 0 is the root disk. */
  @IntColumn({ nullable: true }) deviceId: number | null;
  @WordColumn() type: 'ROOT' | 'DATADISK';
  @WordColumn() state: VolumeState;
  @VersionColumn() version: number;
  @BigColumn() sizeBytes: number;
  @RefColumn({ nullable: true }) diskOfferingId: number | null;
  @RefColumn({ nullable: true }) templateId: number | null;
  @MomentColumn() created: Date;
}

/** The file of a volume, relative to its pool's root. */
export function volumePath(volumeUuid: string): string {
  return `volumes/${volumeUuid}.qcow2`;
}
