// The table of zones.
import type { AllocationState } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import { FlagColumn, IdColumn, IntColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, WordColumn } from '../../kernel/db/columns.ts';

export const zoneNetworkTypes = ['Basic', 'Advanced'] as const;
export type ZoneNetworkType = (typeof zoneNetworkTypes)[number];

@Entity('zone')
@Index('zone_uuid', ['uuid'], { unique: true })
@Index('zone_name', ['name'], { unique: true })
export class Zone {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @WordColumn() networkType: ZoneNetworkType;
  @WordColumn({ length: 45 }) dns1: string;
  @WordColumn({ length: 45, nullable: true }) dns2: string | null;
  @WordColumn({ length: 45 }) internalDns1: string;
  @WordColumn({ length: 45, nullable: true }) internalDns2: string | null;
  /** DNS suffix of guests whose network has none of its own. */
  @TextColumn({ nullable: true }) networkDomain: string | null;
  /** Advanced zones: the subnet that isolated networks get unless they ask for another. */
  @WordColumn({ length: 18, nullable: true }) guestCidr: string | null;
  @WordColumn() allocationState: AllocationState;
  @FlagColumn() securityGroupsEnabled: boolean;
  @FlagColumn() localStorageEnabled: boolean;
  /** Set: the zone is private to this domain and those below it. */
  @RefColumn({ nullable: true }) domainId: number | null;
  @IntColumn({ default: 0 }) sortKey: number;
  @MomentColumn() created: Date;
}
