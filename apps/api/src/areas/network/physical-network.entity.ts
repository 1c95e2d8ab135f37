// The table of physical networks: the wires and VLANs that a zone's traffic uses.
import type { PhysicalNetworkState } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, VersionColumn, WordColumn } from '../../kernel/db/columns.ts';

@Entity('physical_network')
@Index('physical_network_uuid', ['uuid'], { unique: true })
@Index('physical_network_zone_name', ['zoneId', 'name'], { unique: true })
export class PhysicalNetwork {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() zoneId: number;
  @TextColumn() name: string;
  @WordColumn() state: PhysicalNetworkState;
  @VersionColumn() version: number;
  /** VLANs for isolated networks, as `100-199,300-309`. */
  @TextColumn({ nullable: true }) vlan: string | null;
  /** Comma-separated, as `VLAN`. */
  @TextColumn() isolationMethods: string;
  @WordColumn({ nullable: true }) networkSpeed: string | null;
  /** Comma-separated; offerings with the same tag choose this network. */
  @TextColumn() tags: string;
  @WordColumn() broadcastDomainRange: 'POD' | 'ZONE';
  @RefColumn({ nullable: true }) domainId: number | null;
  @MomentColumn() created: Date;
}
