// One asynchronous job: what was asked, who runs it, how it ended.
import type { JobState, ProblemKind } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, LongTextColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, WordColumn } from '../db/columns.ts';

@Entity('job')
@Index('ux_job_uuid', ['uuid'], { unique: true })
@Index('ux_job_held_subject', ['heldSubject'], { unique: true })
@Index('ix_job_waiting_subject', ['waitingSubject'])
@Index('ix_job_server', ['serverId'])
@Index('ix_job_account', ['accountId', 'id'])
@Index('ix_job_created', ['created'])
export class Job {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @WordColumn() saga: string;
  /** The API command, or the reconciler, that started it. */
  @WordColumn() command: string;
  /** Audit event type of the command; null for jobs that write no events of their own. */
  @WordColumn({ nullable: true }) eventType: string | null;
  /** Uuid of its Scheduled event. */
  @UuidColumn({ nullable: true }) startEvent: string | null;
  /** The log id of the request behind it. */
  @WordColumn() requestId: string;
  /** Who asked. */
  @RefColumn() accountId: number;
  @RefColumn() domainId: number;
  @RefColumn() userId: number;
  /** Whose events it writes: the owner of the subject. */
  @RefColumn() ownerAccountId: number;
  @WordColumn() subjectType: string;
  @RefColumn() subjectId: number;
  @UuidColumn() subjectUuid: string;
  @WordColumn() state: JobState;
  /** `type:uuid` of the subject while the job is Running or Stuck: at most one job holds a subject. */
  @WordColumn({ length: 110, nullable: true }) heldSubject: string | null;
  /** The same while the job is Queued. */
  @WordColumn({ length: 110, nullable: true }) waitingSubject: string | null;
  /** The server that runs it; null while nobody does. */
  @RefColumn({ nullable: true }) serverId: number | null;
  /** Grows with each claim: what an earlier claimant writes is refused. */
  @IntColumn({ unsigned: true }) claim: number;
  /** JSON of the saga's input. */
  @LongTextColumn() input: string;
  /** JSON of JobResult. */
  @LongTextColumn({ nullable: true }) result: string | null;
  @WordColumn({ nullable: true }) errorKind: ProblemKind | null;
  @TextColumn({ length: 4096, nullable: true }) errorText: string | null;
  @MomentColumn() created: Date;
  @MomentColumn({ nullable: true }) completed: Date | null;
}

/** One entry of a job's log; entries are only ever added. */
@Entity('job_step')
export class JobStep {
  @RefColumn({ primary: true }) jobId: number;
  /** From 0, without gaps: two writers of the same entry collide. */
  @IntColumn({ primary: true, unsigned: true }) seq: number;
  @WordColumn() step: string;
  @WordColumn({ length: 16 }) what: string;
  /** JSON, only with `succeeded`. */
  @LongTextColumn({ nullable: true }) output: string | null;
  @WordColumn({ nullable: true }) problemKind: ProblemKind | null;
  @TextColumn({ length: 4096, nullable: true }) problemText: string | null;
  @RefColumn() serverId: number;
  @MomentColumn() created: Date;
}
