// Audit events and alerts as rows.
import { Entity, Index } from 'typeorm';
import { FlagColumn, IdColumn, IntColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, WordColumn } from '../db/columns.ts';

@Entity('event')
@Index('ux_event_uuid', ['uuid'], { unique: true })
@Index('ix_event_account', ['accountId', 'id'])
@Index('ix_event_created', ['created'])
@Index('ix_event_start', ['startId'])
export class Event {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @WordColumn() type: string;
  @WordColumn({ length: 8 }) level: 'INFO' | 'WARN' | 'ERROR';
  @WordColumn({ length: 16 }) state: 'Created' | 'Scheduled' | 'Started' | 'Completed';
  @TextColumn({ length: 1024 }) description: string;
  /** Whose object it is about. */
  @RefColumn() accountId: number;
  @RefColumn() domainId: number;
  /** Who caused it. */
  @RefColumn() userId: number;
  /** Uuid of the Scheduled event of the same job. */
  @UuidColumn({ nullable: true }) startId: string | null;
  @WordColumn({ nullable: true }) subjectType: string | null;
  @UuidColumn({ nullable: true }) subjectUuid: string | null;
  @WordColumn() requestId: string;
  @FlagColumn() archived: boolean;
  @MomentColumn() created: Date;
}

@Entity('alert')
@Index('ux_alert_uuid', ['uuid'], { unique: true })
@Index('ux_alert_open_cause', ['openCause'], { unique: true })
@Index('ix_alert_sent', ['sent'])
export class Alert {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @WordColumn() type: string;
  @TextColumn() subject: string;
  @TextColumn({ length: 4096 }) content: string;
  @RefColumn({ nullable: true }) zoneId: number | null;
  @RefColumn({ nullable: true }) podId: number | null;
  @TextColumn() cause: string;
  /** The cause while it lasts: at most one open alert per cause. */
  @TextColumn({ nullable: true }) openCause: string | null;
  /** How often it was raised. */
  @IntColumn({ unsigned: true, default: 1 }) times: number;
  @MomentColumn() created: Date;
  /** When it was last raised. */
  @MomentColumn() sent: Date;
  @MomentColumn({ nullable: true }) cleared: Date | null;
  @FlagColumn() archived: boolean;
}
