// The table of address ranges for storage traffic.
import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MomentColumn, RefColumn, UuidColumn, WordColumn } from '../../kernel/db/columns.ts';

@Entity('storage_ip_range')
@Index('storage_ip_range_uuid', ['uuid'], { unique: true })
@Index('storage_ip_range_zone', ['zoneId'])
@Index('storage_ip_range_pod', ['podId'])
export class StorageIpRange {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() zoneId: number;
  @RefColumn() podId: number;
  /** The zone's system network for storage traffic. */
  @RefColumn() networkId: number;
  /** Null: untagged. */
  @IntColumn({ nullable: true }) vlan: number | null;
  @WordColumn({ length: 15 }) gateway: string;
  @WordColumn({ length: 15 }) netmask: string;
  @WordColumn({ length: 15 }) startIp: string;
  @WordColumn({ length: 15 }) endIp: string;
  @MomentColumn() created: Date;
}
