// A virtual machine and its network cards.
import type { VmState } from '@strata/domain';
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

@Entity('virtual_machine')
@Index('virtual_machine_uuid', ['uuid'], { unique: true })
@Index('virtual_machine_name', ['accountId', 'zoneId', 'name'], { unique: true })
@Index('virtual_machine_domain', ['domainId'])
@Index('virtual_machine_host', ['hostId'])
@Index('virtual_machine_zone', ['zoneId'])
@Index('virtual_machine_template', ['templateId'])
@Index('virtual_machine_iso', ['isoId'])
@Index('virtual_machine_offering', ['serviceOfferingId'])
@Index('virtual_machine_state', ['state', 'stateChangedAt'])
export class VirtualMachine {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  /** The guest's host name. */
  @TextColumn({ length: 63, charset: 'ascii', collation: 'ascii_general_ci' }) name: string;
  @TextColumn() displayName: string;
  @TextColumn({ default: '' }) groupName: string;
  @RefColumn() accountId: number;
  @RefColumn() domainId: number;
  /** Who created it. */
  @RefColumn() userId: number;
  @RefColumn() zoneId: number;
  /** Set exactly while the machine holds capacity on a host. A Destroyed one still has it while that host, on which it may run, does not answer. */
  @RefColumn({ nullable: true }) hostId: number | null;
  /** Where it ran last: a stopped machine has its disks in that cluster. */
  @RefColumn({ nullable: true }) lastHostId: number | null;
  /** Set exactly while it moves to another host, where it holds capacity too. */
  @RefColumn({ nullable: true }) targetHostId: number | null;
  @RefColumn() templateId: number;
  /** The ISO in its CD drive. */
  @RefColumn({ nullable: true }) isoId: number | null;
  @RefColumn() serviceOfferingId: number;
  @RefColumn() osTypeId: number;
  @WordColumn() hypervisor: string;
  @IntColumn() cpuCount: number;
  /** Of one CPU. */
  @IntColumn() cpuMhz: number;
  @IntColumn() memoryMib: number;
  @WordColumn() state: VmState;
  @VersionColumn() version: number;
  @MomentColumn() stateChangedAt: Date;
  @FlagColumn() haEnabled: boolean;
  @FlagColumn({ default: true }) displayVm: boolean;
  @MomentColumn() created: Date;
}

/** User data, apart because it can be a megabyte. */
@Entity('vm_user_data')
export class VmUserData {
  @RefColumn({ primary: true }) vmId: number;
  /** The base64 that the client sent, sealed with the master key. */
  @LongTextColumn() userData: string;
  /** Tells it from what was there before. */
  @WordColumn({ length: 36, default: '0' }) revision: string;
}

@Entity('nic')
@Index('nic_uuid', ['uuid'], { unique: true })
@Index('nic_mac', ['mac'], { unique: true })
@Index('nic_address', ['networkId', 'ip'], { unique: true })
@Index('nic_vm', ['vmId'])
export class Nic {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() vmId: number;
  @RefColumn() networkId: number;
  /** Position on the machine's bus: 0 is the default NIC. */
  @IntColumn() deviceId: number;
  @WordColumn() mac: string;
  /** IPv4 as a number; null until the first start chose a pod. */
  @IntColumn({ unsigned: true, nullable: true }) ip: number | null;
  /** The range the address is from: its netmask and gateway are the card's. */
  @RefColumn({ nullable: true }) rangeId: number | null;
}
