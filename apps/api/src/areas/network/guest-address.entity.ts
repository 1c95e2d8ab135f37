// The table of guest addresses: one row for each address of a guest range, claimed by deploys.
import type { Id, NetworkId, NicId, PodId, ZoneId } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import { IdColumn, RefColumn, WordColumn } from '../../kernel/db/columns.ts';
import type { VlanIpRangeId } from './vlan-ip-range.entity.ts';

/** Made for `WHERE network_id = ? AND pod_id = ? AND state = 'Free' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`. */
@Entity('guest_address')
@Index('guest_address_free', ['networkId', 'podId', 'state', 'id'])
@Index('guest_address_network_ip', ['networkId', 'ip'], { unique: true })
@Index('guest_address_range', ['rangeId', 'state'])
@Index('guest_address_nic', ['nicId'])
export class GuestAddress {
  @IdColumn() id: Id<'guestAddress'>;
  @RefColumn() rangeId: VlanIpRangeId;
  @RefColumn() networkId: NetworkId;
  @RefColumn({ nullable: true }) podId: PodId | null;
  @RefColumn() zoneId: ZoneId;
  /** The address as a number: formatIpv4() makes it text, INET_NTOA() does in SQL. */
  @RefColumn() ip: number;
  @WordColumn({ length: 16 }) state: 'Free' | 'Allocated';
  @RefColumn({ nullable: true }) nicId: NicId | null;
}
