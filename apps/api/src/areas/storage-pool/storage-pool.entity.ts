// Primary storage: an NFS export that the hosts of a cluster or zone mount and keep machine disks on.
import type { StoragePoolState } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import {
  BigColumn,
  IdColumn,
  MomentColumn,
  RefColumn,
  TextColumn,
  UuidColumn,
  VersionColumn,
  WordColumn,
} from '../../kernel/db/columns.ts';

@Entity('storage_pool')
@Index('storage_pool_uuid', ['uuid'], { unique: true })
@Index('storage_pool_export', ['server', 'path'], { unique: true })
@Index('storage_pool_cluster', ['clusterId'])
@Index('storage_pool_zone', ['zoneId'])
export class StoragePool {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @RefColumn() zoneId: number;
  /** Null for pools of the whole zone. */
  @RefColumn({ nullable: true }) podId: number | null;
  @RefColumn({ nullable: true }) clusterId: number | null;
  @WordColumn() scope: 'CLUSTER' | 'ZONE';
  @WordColumn() type: 'NetworkFilesystem';
  @WordColumn() hypervisor: string;
  @TextColumn({ length: 253, charset: 'ascii', collation: 'ascii_general_ci' }) server: string;
  @TextColumn({ length: 500, charset: 'ascii', collation: 'ascii_bin' }) path: string;
  @WordColumn() state: StoragePoolState;
  @VersionColumn() version: number;
  /** Comma-separated storage tags. */
  @TextColumn({ default: '' }) tags: string;
  @BigColumn({ default: 0 }) totalBytes: number;
  /** What the file system says is used. */
  @BigColumn({ default: 0 }) usedBytes: number;
  /** Sum of the virtual sizes of volumes and cached templates. */
  @BigColumn({ default: 0 }) reservedBytes: number;
  @MomentColumn() created: Date;
}
