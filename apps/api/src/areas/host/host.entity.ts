// A hypervisor host: where it is, what it is and whether it may be used.
import type { HostResourceState, HostState } from '@strata/domain';
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
  VersionColumn,
  WordColumn,
} from '../../kernel/db/columns.ts';

@Entity('host')
@Index('host_uuid', ['uuid'], { unique: true })
@Index('host_address', ['address', 'port'], { unique: true })
@Index('host_cluster', ['clusterId'])
@Index('host_zone', ['zoneId', 'state'])
@Index('host_key', ['hostKeySha256'], { unique: true })
export class Host {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @RefColumn() zoneId: number;
  @RefColumn() podId: number;
  @RefColumn() clusterId: number;
  /** KVM or Simulator: which driver serves it. */
  @WordColumn() hypervisor: string;
  @WordColumn() state: HostState;
  @VersionColumn() version: number;
  @WordColumn() resourceState: HostResourceState;
  @MomentColumn({ nullable: true }) resourceChangedAt: Date | null;
  /** Why maintenance could not be prepared, empty otherwise. */
  @TextColumn({ length: 1024, default: '' }) resourceReason: string;
  /** Why the host is in Alert, empty otherwise. */
  @TextColumn({ length: 1024, default: '' }) stateReason: string;
  /** As given: an IP address or a name. */
  @TextColumn() address: string;
  @IntColumn() port: number;
  @TextColumn() username: string;
  /** SHA-256 of the pinned SSH host key, base64 without padding: it also tells machines apart. Null until addHost has seen it. */
  @WordColumn({ nullable: true }) hostKeySha256: string | null;
  /** `hardware` or `emulated`. */
  @WordColumn({ default: 'hardware' }) virtualisation: 'hardware' | 'emulated';
  @WordColumn({ default: '' }) arch: string;
  @TextColumn({ default: '' }) osName: string;
  @TextColumn({ default: '' }) cpuModel: string;
  @IntColumn({ default: 0 }) cpuSockets: number;
  @WordColumn({ default: '' }) libvirtVersion: string;
  @WordColumn({ default: '' }) qemuVersion: string;
  @WordColumn() guestBridge: string;
  /** Comma-separated host tags. */
  @TextColumn({ default: '' }) tags: string;
  @MomentColumn() created: Date;
  @MomentColumn({ nullable: true }) disconnectedAt: Date | null;
  /** Results of the last checks, as JSON of CheckResult[]. */
  @LongTextColumn() checks: string;
  /** Whether addHost is done: a host being added takes no part in anything. */
  @FlagColumn() ready: boolean;
}

/** What a host has and what running machines hold of it; apart from the host row so that reservations never wait for its other writers. */
@Entity('host_capacity')
export class HostCapacity {
  @RefColumn({ primary: true }) hostId: number;
  @IntColumn() cpuCores: number;
  /** Speed of one core. */
  @IntColumn() cpuMhz: number;
  @IntColumn() memoryMib: number;
  /** Sum over machines of cores × speed. */
  @IntColumn({ default: 0 }) reservedCpuMhz: number;
  @IntColumn({ default: 0 }) reservedMemoryMib: number;
}
