// A running management server and until when its claims on jobs count.
import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MomentColumn, TextColumn, UuidColumn } from '../db/columns.ts';

@Entity('management_server')
@Index('ux_management_server_uuid', ['uuid'], { unique: true })
export class ManagementServer {
  @IdColumn() id: number;
  /** The same over all starts of one installation. */
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  /** Counts the starts: an earlier process of the same installation can't renew its lease. */
  @IntColumn({ unsigned: true }) incarnation: number;
  @MomentColumn() started: Date;
  /** By the database's clock. */
  @MomentColumn() leaseUntil: Date;
}
