// Claiming: the queries by which this server takes jobs that nobody runs.
import type { SagaLogEntry } from '@strata/domain';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.ts';
import { isDuplicate } from '../db/failures.ts';
import { inTransaction } from '../db/transaction.ts';
import { CollectedEvents } from '../events/event-collector.ts';
import type { JsonObject } from '../json.ts';
import { type ClaimedJob, type ClaimedWithLog, jobEvent, type JobResult } from './claimed-job.ts';
import type { Job } from './job.entity.ts';
import { readLogs } from './job-log.ts';
import type { ServerLease } from './server-lease.ts';

type JobRow = Pick<
  Job,
  | 'id'
  | 'uuid'
  | 'saga'
  | 'command'
  | 'eventType'
  | 'startEvent'
  | 'requestId'
  | 'accountId'
  | 'domainId'
  | 'userId'
  | 'ownerAccountId'
  | 'claim'
  | 'input'
  | 'result'
> & { readonly subjectType: string; readonly subjectId: number; readonly subjectUuid: string; readonly waitingSubject: string | null };

const jobColumns = `job.id, job.uuid, job.saga, job.command, job.event_type AS eventType, job.start_event AS startEvent, job.request_id AS requestId,
  job.account_id AS accountId, job.domain_id AS domainId, job.user_id AS userId, job.owner_account_id AS ownerAccountId, job.claim, job.input, job.result,
  job.subject_type AS subjectType, job.subject_id AS subjectId, job.subject_uuid AS subjectUuid, job.waiting_subject AS waitingSubject`;

function claimed(row: JobRow): ClaimedJob {
  const { subjectType, subjectId, subjectUuid, waitingSubject: _, input, result, ...rest } = row;
  return {
    ...rest,
    subject: { type: subjectType, id: subjectId, uuid: subjectUuid },
    claim: row.claim + 1,
    input: JSON.parse(input) as JsonObject,
    result: result === null ? null : (JSON.parse(result) as JobResult),
  };
}

/**
 * Takes running jobs whose server is dead, and those this server had dropped itself.
 * @param own ids that this server is running right now; undefined leaves its own jobs alone
 */
export async function claimOrphans(
  dataSource: DataSource,
  lease: ServerLease,
  own: readonly number[] | undefined,
  limit: number,
): Promise<ClaimedWithLog[]> {
  const { id: serverId, epoch } = lease;
  return inTransaction(dataSource, async (tx) => {
    const mine = own === undefined ? 'FALSE' : `job.server_id = ? AND job.id NOT IN (?)`;
    const rows = await tx.query<JobRow[]>(
      `SELECT ${jobColumns} FROM job
       WHERE (${mine}) OR job.server_id IN (SELECT id FROM management_server WHERE lease_until < NOW(3) AND id <> ?)
       ORDER BY job.id LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
      [...(own === undefined ? [] : [serverId, own.length === 0 ? [0] : own]), serverId],
    );
    if (rows.length === 0) return [];
    await tx.query('UPDATE job SET server_id = ?, claim = claim + 1 WHERE id IN (?)', [serverId, rows.map(({ id }) => id)]);
    return withLogs(tx, rows, epoch);
  });
}

/** Takes the first queued job of each subject that nobody holds, or of one subject. */
export async function claimQueued(
  dataSource: DataSource,
  lease: ServerLease,
  clock: Clock,
  subject: string | undefined,
  limit: number,
): Promise<ClaimedWithLog[]> {
  const { id: serverId, epoch } = lease;
  return inTransaction(dataSource, async (tx) => {
    const rows = await tx.query<JobRow[]>(
      `SELECT ${jobColumns} FROM job
       WHERE ${subject === undefined ? 'job.waiting_subject IS NOT NULL' : 'job.waiting_subject = ?'}
         AND NOT EXISTS (SELECT 1 FROM job holder WHERE holder.held_subject = job.waiting_subject)
       ORDER BY job.id LIMIT ${limit} FOR UPDATE SKIP LOCKED`,
      subject === undefined ? [] : [subject],
    );
    const taken = new Map<string | null, JobRow>();
    for (const row of rows) {
      if (!taken.has(row.waitingSubject) && (await take(tx, row, serverId))) taken.set(row.waitingSubject, row);
    }
    const jobs = await withLogs(tx, [...taken.values()], epoch);
    for (const { job, log } of jobs) await recordStart(tx, job, log, clock);
    return jobs;
  });
}

/** @returns false when another server holds the subject meanwhile: the unique index decides */
async function take(tx: EntityManager, row: JobRow, serverId: number): Promise<boolean> {
  try {
    await tx.query(
      `UPDATE job SET state = 'Running', held_subject = waiting_subject, waiting_subject = NULL, server_id = ?, claim = claim + 1 WHERE id = ?`,
      [serverId, row.id],
    );
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/** A job that was resumed by an operator had started before. */
async function recordStart(tx: EntityManager, job: ClaimedJob, log: readonly SagaLogEntry[], clock: Clock): Promise<void> {
  const started = log.length === 0 ? jobEvent(job, 'started') : undefined;
  if (!started) return;
  const events = new CollectedEvents(job, clock);
  events.add(started);
  await events.flush(tx);
}

async function withLogs(tx: EntityManager, rows: readonly JobRow[], epoch: number): Promise<ClaimedWithLog[]> {
  const logs = await readLogs(
    tx,
    rows.map(({ id }) => id),
  );
  return rows.map((row) => ({ job: claimed(row), epoch, log: logs.get(row.id) ?? [] }));
}
