// A system machine: secondary-storage VM, console proxy or virtual router; and its network cards.
import type { SystemNicPurpose, SystemVmKind } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MomentColumn, RefColumn, UuidColumn, VersionColumn, WordColumn } from '../../kernel/db/columns.ts';

@Entity('system_vm')
@Index('system_vm_uuid', ['uuid'], { unique: true })
@Index('system_vm_zone', ['zoneId', 'kind'])
@Index('system_vm_host', ['hostId'])
export class SystemVm {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @WordColumn() kind: SystemVmKind;
  @RefColumn() zoneId: number;
  @RefColumn() podId: number;
  /** Set exactly while it holds capacity on a host. */
  @RefColumn({ nullable: true }) hostId: number | null;
  @RefColumn({ nullable: true }) lastHostId: number | null;
  /** The primary storage of its root disk, which is `volumes/<uuid of the machine>.qcow2`. */
  @RefColumn({ nullable: true }) poolId: number | null;
  @RefColumn() templateId: number;
  @IntColumn() cpuCount: number;
  @IntColumn() cpuMhz: number;
  @IntColumn() memoryMib: number;
  @WordColumn() state: string;
  @VersionColumn() version: number;
  @MomentColumn() stateChangedAt: Date;
  /** Whether its agent answers. */
  @WordColumn({ default: 'Disconnected' }) agentState: 'Up' | 'Connecting' | 'Disconnected';
  /** SHA-256 of its SSH host key (base64), pinned at the first contact after its root disk was made. */
  @WordColumn({ nullable: true }) hostKeySha256: string | null;
  @MomentColumn() created: Date;
}

@Entity('system_nic')
@Index('system_nic_uuid', ['uuid'], { unique: true })
@Index('system_nic_mac', ['mac'], { unique: true })
@Index('system_nic_vm', ['systemVmId'])
export class SystemNic {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() systemVmId: number;
  @IntColumn() deviceId: number;
  @WordColumn() purpose: SystemNicPurpose;
  @WordColumn() mac: string;
  /** IPv4 as a number. */
  @IntColumn({ unsigned: true }) ip: number;
  @IntColumn() prefixLength: number;
  @IntColumn({ unsigned: true, nullable: true }) gateway: number | null;
  /** The guest network, of a router's card there. */
  @RefColumn({ nullable: true }) networkId: number | null;
}
