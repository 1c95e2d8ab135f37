// A login to a machine that was handed in with a request: it lives only as long as the job that uses it.
import { Entity, Index } from 'typeorm';
import { IdColumn, LongTextColumn, MomentColumn, TextColumn } from '../../kernel/db/columns.ts';

@Entity('host_login')
@Index('host_login_created', ['created'])
export class HostLogin {
  @IdColumn() id: number;
  @TextColumn() username: string;
  /** Sealed with the master key; null: the management key is used. */
  @LongTextColumn({ nullable: true }) sealedPassword: string | null;
  @MomentColumn() created: Date;
}
