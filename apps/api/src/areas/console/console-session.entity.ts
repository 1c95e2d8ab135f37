// A console that somebody may open, or has open: one row from the moment its link is made until it is closed.
import { Column, Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn, RefColumn, WordColumn } from '../../kernel/db/columns.ts';

export const consoleMachineKinds = ['VirtualMachine', 'SystemVm'] as const;
export type ConsoleMachineKind = (typeof consoleMachineKinds)[number];

@Entity('console_session')
@Index('console_session_token', ['tokenHash'], { unique: true })
@Index('console_session_machine', ['machineKind', 'machineId'])
@Index('console_session_expires', ['expiresAt'])
export class ConsoleSession {
  @IdColumn() id: number;
  /** SHA-256 of the token and what the caller demanded beside it, hexadecimal: who reads the table can't use it. */
  @Column({ type: 'char', length: 64, charset: 'ascii', collation: 'ascii_bin' }) tokenHash: string;
  @WordColumn() machineKind: ConsoleMachineKind;
  @RefColumn() machineId: number;
  /** Since when the machine was in its state: another moment means that it has stopped or moved since. */
  @MomentColumn() machineSince: Date;
  @RefColumn() userId: number;
  /** The login session in which it was asked for; null for signed requests. */
  @Column({ type: 'char', length: 64, charset: 'ascii', collation: 'ascii_bin', nullable: true }) sessionHash: string | null;
  /** The console proxy that may present the token. */
  @RefColumn() proxyId: number;
  @MomentColumn() created: Date;
  /** Unless it was opened before. */
  @MomentColumn() expiresAt: Date;
  @MomentColumn({ nullable: true }) openedAt: Date | null;
  /** The management server that carries it. */
  @RefColumn({ nullable: true }) serverId: number | null;
}
