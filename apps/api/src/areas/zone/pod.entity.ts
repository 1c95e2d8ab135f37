// The table of pods: racks whose hosts share one subnet.
import type { AllocationState } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, WordColumn } from '../../kernel/db/columns.ts';

@Entity('pod')
@Index('pod_uuid', ['uuid'], { unique: true })
@Index('pod_zone_name', ['zoneId', 'name'], { unique: true })
export class Pod {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() zoneId: number;
  @TextColumn() name: string;
  /** Gateway and netmask make the subnet of the pod's hosts. */
  @WordColumn({ length: 15 }) gateway: string;
  @WordColumn({ length: 15 }) netmask: string;
  /** Addresses that the management server may give to system machines. */
  @WordColumn({ length: 15 }) startIp: string;
  @WordColumn({ length: 15 }) endIp: string;
  @WordColumn() allocationState: AllocationState;
  @MomentColumn() created: Date;
}
