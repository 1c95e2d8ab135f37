// A system machine: secondary-storage VM, console proxy or virtual router; and its network cards.
import type { SystemNicPurpose, SystemVmKind, SystemVmState } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import {
  BigColumn,
  FlagColumn,
  IdColumn,
  IntColumn,
  MomentColumn,
  RefColumn,
  UuidColumn,
  VersionColumn,
  WordColumn,
} from '../../kernel/db/columns.ts';

export const agentStates = ['Up', 'Connecting', 'Disconnected'] as const;

@Entity('system_vm')
@Index('system_vm_uuid', ['uuid'], { unique: true })
@Index('system_vm_zone', ['zoneId', 'kind'])
@Index('system_vm_host', ['hostId'])
@Index('system_vm_pool', ['poolId'])
export class SystemVm {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @WordColumn() kind: SystemVmKind;
  @RefColumn() zoneId: number;
  @RefColumn() podId: number;
  /** Set exactly while it holds capacity on a host. */
  @RefColumn({ nullable: true }) hostId: number | null;
  @RefColumn({ nullable: true }) lastHostId: number | null;
  /** Set exactly while it moves there, and holds capacity there too. */
  @RefColumn({ nullable: true }) targetHostId: number | null;
  /** The primary storage of its root disk, which is `volumes/<uuid of the machine>.qcow2`; null while it has none. */
  @RefColumn({ nullable: true }) poolId: number | null;
  /** What the root disk holds of the pool. */
  @BigColumn({ default: 0 }) rootBytes: number;
  @RefColumn() templateId: number;
  @RefColumn() serviceOfferingId: number;
  @IntColumn() cpuCount: number;
  @IntColumn() cpuMhz: number;
  @IntColumn() memoryMib: number;
  @WordColumn() state: SystemVmState;
  @VersionColumn() version: number;
  @MomentColumn() stateChangedAt: Date;
  /** An administrator asked for it to be off: nobody else starts it. */
  @FlagColumn() isStoppedOnRequest: boolean;
  /** `Up`: its agent answers and has the configuration it is to have. */
  @WordColumn({ default: 'Disconnected' }) agentState: (typeof agentStates)[number];
  @MomentColumn() agentChangedAt: Date;
  /** Of the template it booted from, as its agent says. */
  @WordColumn({ default: '' }) templateVersion: string;
  /** SHA-256 of its SSH host key (base64), pinned at the first contact after its root disk was made. */
  @WordColumn({ nullable: true }) hostKeySha256: string | null;
  @MomentColumn() created: Date;
}

@Entity('system_nic')
@Index('system_nic_uuid', ['uuid'], { unique: true })
@Index('system_nic_mac', ['mac'], { unique: true })
@Index('system_nic_address', ['space', 'ip'], { unique: true })
@Index('system_nic_vm', ['systemVmId'])
export class SystemNic {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() systemVmId: number;
  @IntColumn() deviceId: number;
  @WordColumn() purpose: SystemNicPurpose;
  @WordColumn() mac: string;
  /** Within which its address is unique: `control/<zone>`, `pod/<pod>` or `guest/<network>`. */
  @WordColumn() space: string;
  /** IPv4 as a number. */
  @IntColumn({ unsigned: true }) ip: number;
  @IntColumn() prefixLength: number;
  /** On the one card that holds the default route. */
  @IntColumn({ unsigned: true, nullable: true }) gateway: number | null;
  /** The guest network, of a router's card there. */
  @RefColumn({ nullable: true }) networkId: number | null;
}
