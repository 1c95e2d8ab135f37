// The table of guest addresses: one row for each address of a guest range, claimed by deploys.
import { Entity, Index } from 'typeorm';
import { IdColumn, RefColumn, WordColumn } from '../../kernel/db/columns.ts';

/** Made for `WHERE network_id = ? AND pod_id = ? AND state = 'Free' ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`. */
@Entity('guest_address')
@Index('guest_address_free', ['networkId', 'podId', 'state', 'id'])
@Index('guest_address_network_ip', ['networkId', 'ip'], { unique: true })
@Index('guest_address_range', ['rangeId', 'state'])
@Index('guest_address_nic', ['nicId'])
export class GuestAddress {
  @IdColumn() id: number;
  @RefColumn() rangeId: number;
  @RefColumn() networkId: number;
  @RefColumn({ nullable: true }) podId: number | null;
  @RefColumn() zoneId: number;
  /** The address as a number: formatIpv4() makes it text, INET_NTOA() does in SQL. */
  @RefColumn() ip: number;
  @WordColumn({ length: 16 }) state: 'Free' | 'Allocated';
  @RefColumn({ nullable: true }) nicId: number | null;
}
