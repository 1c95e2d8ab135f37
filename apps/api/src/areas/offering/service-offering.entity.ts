// The table of service offerings: what a machine may have of CPU and memory, and where it may run.
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

export const offeringStates = ['Active', 'Inactive'] as const;
export type OfferingState = (typeof offeringStates)[number];
export const storageTypes = ['shared', 'local'] as const;
export const provisioningTypes = ['thin', 'sparse', 'fat'] as const;
export const systemVmTypes = ['domainrouter', 'consoleproxy', 'secondarystoragevm'] as const;

@Entity('service_offering')
@Index('service_offering_uuid', ['uuid'], { unique: true })
@Index('service_offering_name', ['name'])
export class ServiceOffering {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @TextColumn() displayText: string;
  @WordColumn() state: OfferingState;
  /** Null: the user chooses within minCpuNumber to maxCpuNumber. */
  @IntColumn({ nullable: true }) cpuNumber: number | null;
  /** MHz of one CPU; null: the user chooses. */
  @IntColumn({ nullable: true }) cpuSpeedMhz: number | null;
  /** Null: the user chooses within minMemoryMib to maxMemoryMib. */
  @IntColumn({ nullable: true }) memoryMib: number | null;
  @IntColumn({ nullable: true }) minCpuNumber: number | null;
  @IntColumn({ nullable: true }) maxCpuNumber: number | null;
  @IntColumn({ nullable: true }) minMemoryMib: number | null;
  @IntColumn({ nullable: true }) maxMemoryMib: number | null;
  /** Comma-separated: pools must carry all of them. */
  @TextColumn() storageTags: string;
  /** Comma-separated: hosts must carry all of them. */
  @TextColumn() hostTags: string;
  @WordColumn() storageType: (typeof storageTypes)[number];
  @WordColumn() provisioningType: (typeof provisioningTypes)[number];
  /** Null or 0: the size of the template. */
  @BigColumn({ nullable: true }) rootDiskSizeBytes: number | null;
  @FlagColumn() offerHa: boolean;
  @FlagColumn() limitCpuUse: boolean;
  /** The root disk is made anew from the template at each reboot. */
  @FlagColumn() isVolatile: boolean;
  @FlagColumn() dynamicScaling: boolean;
  /** Mbit/s; null: the setting, 0: unlimited. */
  @IntColumn({ nullable: true }) networkRateMbit: number | null;
  @FlagColumn() isSystem: boolean;
  @WordColumn({ nullable: true }) systemVmType: (typeof systemVmTypes)[number] | null;
  @FlagColumn() isDefault: boolean;
  /** Set: only for this domain and those below it. */
  @RefColumn({ nullable: true }) domainId: number | null;
  /** Set: only in this zone. */
  @RefColumn({ nullable: true }) zoneId: number | null;
  @IntColumn({ default: 0 }) sortKey: number;
  @MomentColumn() created: Date;
}
