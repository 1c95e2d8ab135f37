// One login session. Only hashes of its id and key are kept: who reads the table can't use them.
import { Column, Entity, Index, PrimaryColumn } from 'typeorm';
import { MomentColumn, RefColumn } from '../db/columns.ts';

@Entity('session')
export class Session {
  /** SHA-256 of the cookie's value, hexadecimal. */
  @PrimaryColumn({ type: 'char', length: 64, charset: 'ascii', collation: 'ascii_bin' })
  idHash: string;

  /** SHA-256 of the session key, hexadecimal. */
  @Column({ type: 'char', length: 64, charset: 'ascii', collation: 'ascii_bin' })
  keyHash: string;

  @Index('session_user')
  @RefColumn()
  userId: number;

  @MomentColumn()
  createdAt: Date;

  /** At most a minute behind. */
  @Index('session_last_used')
  @MomentColumn()
  lastUsedAt: Date;
}
