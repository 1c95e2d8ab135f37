// The table of network offerings: which services a network has and who provides them.
import { Entity, Index } from 'typeorm';
import {
  FlagColumn,
  IdColumn,
  IntColumn,
  LongTextColumn,
  MomentColumn,
  RefColumn,
  TextColumn,
  UuidColumn,
  WordColumn,
} from '../../kernel/db/columns.ts';

export const networkOfferingStates = ['Enabled', 'Disabled'] as const;
export const availabilities = ['Optional', 'Required'] as const;

/** One service of an offering as stored. */
export interface OfferedService {
  readonly name: string;
  readonly providers: readonly string[];
  /** Capabilities chosen in the offering; the rest are the provider's own. */
  readonly capabilities?: Readonly<Record<string, string>>;
}

@Entity('network_offering')
@Index('network_offering_uuid', ['uuid'], { unique: true })
@Index('network_offering_name', ['name'])
export class NetworkOffering {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @TextColumn() displayText: string;
  @WordColumn() state: (typeof networkOfferingStates)[number];
  @WordColumn() trafficType: string;
  /** Null for the offerings of the system's own networks. */
  @WordColumn({ nullable: true }) guestType: 'Shared' | 'Isolated' | 'L2' | null;
  @WordColumn() availability: (typeof availabilities)[number];
  /** JSON: OfferedService[]. */
  @LongTextColumn() services: string;
  @FlagColumn() isDefault: boolean;
  @FlagColumn() isSystem: boolean;
  @FlagColumn() specifyVlan: boolean;
  @FlagColumn() specifyIpRanges: boolean;
  @FlagColumn() conserveMode: boolean;
  @FlagColumn() isPersistent: boolean;
  @FlagColumn() forVpc: boolean;
  @FlagColumn({ default: true }) egressDefaultAllow: boolean;
  /** Mbit/s; null: the setting. */
  @IntColumn({ nullable: true }) networkRateMbit: number | null;
  @IntColumn({ nullable: true }) maxConnections: number | null;
  /** The size of the virtual routers of such networks. */
  @RefColumn({ nullable: true }) serviceOfferingId: number | null;
  /** Comma-separated: physical networks must carry them. */
  @TextColumn({ length: 4096 }) tags: string;
  @RefColumn({ nullable: true }) domainId: number | null;
  @RefColumn({ nullable: true }) zoneId: number | null;
  @IntColumn({ default: 0 }) sortKey: number;
  @MomentColumn() created: Date;
}
