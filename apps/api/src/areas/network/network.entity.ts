// The table of networks: guest networks, and one network per zone for each other kind of traffic.
import type { NetworkState } from '@strata/domain';
import { Entity, Index } from 'typeorm';
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
import type { TrafficKind } from './traffic-type.entity.ts';

export const guestTypes = ['Shared', 'Isolated', 'L2'] as const;
export type GuestType = (typeof guestTypes)[number];

@Entity('network')
@Index('network_uuid', ['uuid'], { unique: true })
@Index('network_zone_traffic', ['zoneId', 'trafficType'])
@Index('network_physical', ['physicalNetworkId'])
@Index('network_offering_id', ['networkOfferingId'])
@Index('network_account', ['accountId'])
@Index('network_domain', ['domainId'])
export class Network {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() zoneId: number;
  @RefColumn({ nullable: true }) physicalNetworkId: number | null;
  @RefColumn() networkOfferingId: number;
  @TextColumn() name: string;
  @TextColumn() displayText: string;
  @WordColumn() trafficType: TrafficKind | 'Control';
  /** Null for the system's own networks. */
  @WordColumn({ nullable: true }) guestType: GuestType | null;
  @WordColumn() state: NetworkState;
  @VersionColumn() version: number;
  /** A VLAN number, or null for untagged traffic. */
  @WordColumn({ length: 16, nullable: true }) vlan: string | null;
  /** Null while each address range brings its own subnet, as the pods of a basic zone do. */
  @WordColumn({ length: 15, nullable: true }) gateway: string | null;
  @WordColumn({ length: 18, nullable: true }) cidr: string | null;
  @TextColumn({ nullable: true }) networkDomain: string | null;
  @WordColumn({ length: 45, nullable: true }) dns1: string | null;
  @WordColumn({ length: 45, nullable: true }) dns2: string | null;
  /** `Domain`: for all accounts of `domainId`; `Account`: for `accountId` alone. */
  @WordColumn() aclType: 'Account' | 'Domain';
  /** With aclType Domain: also for the domains below. */
  @FlagColumn() subdomainAccess: boolean;
  /** Null: open to every domain. */
  @RefColumn({ nullable: true }) domainId: number | null;
  @RefColumn({ nullable: true }) accountId: number | null;
  @FlagColumn() isSystem: boolean;
  @FlagColumn() restartRequired: boolean;
  @FlagColumn({ default: true }) displayNetwork: boolean;
  @MomentColumn() created: Date;
}
