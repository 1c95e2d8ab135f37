// The table of address ranges for guests and for the public network.
import { Entity, Index } from 'typeorm';
import { FlagColumn, IdColumn, MomentColumn, RefColumn, UuidColumn, WordColumn } from '../../kernel/db/columns.ts';

@Entity('vlan_ip_range')
@Index('vlan_ip_range_uuid', ['uuid'], { unique: true })
@Index('vlan_ip_range_zone', ['zoneId'])
@Index('vlan_ip_range_pod', ['podId'])
@Index('vlan_ip_range_network', ['networkId'])
export class VlanIpRange {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() zoneId: number;
  /** Set in basic zones, where each pod has ranges of its own. */
  @RefColumn({ nullable: true }) podId: number | null;
  @RefColumn() networkId: number;
  @RefColumn({ nullable: true }) physicalNetworkId: number | null;
  /** `untagged` or a VLAN number. */
  @WordColumn({ length: 16 }) vlan: string;
  @WordColumn({ length: 15 }) gateway: string;
  @WordColumn({ length: 15 }) netmask: string;
  @WordColumn({ length: 15 }) startIp: string;
  @WordColumn({ length: 15 }) endIp: string;
  /** True: public addresses; false: addresses of guests. */
  @FlagColumn() forVirtualNetwork: boolean;
  @MomentColumn() created: Date;
}
