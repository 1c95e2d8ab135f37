// Writes a job's log: every entry only while the job is still claimed by this server under this claim.
import type { LoggedProblem, SagaEvent, SagaLogEntry } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { type ClaimedJob, JobLost } from './claimed-job.ts';

interface WriteResult {
  readonly affectedRows: number;
}

function valuesOf(entry: SagaLogEntry, seq: number, now: Date): unknown[] {
  const output = entry.output === undefined ? null : JSON.stringify(entry.output);
  return [seq, entry.step, entry.what, output, entry.problem?.kind ?? null, entry.problem?.message.slice(0, 4_096) ?? null, now];
}

/** Entries of a job that the same transaction made or has locked. */
export async function insertEntries(
  tx: EntityManager,
  jobId: number,
  serverId: number,
  entries: readonly SagaLogEntry[],
  now: Date,
  firstSeq = 0,
): Promise<void> {
  if (entries.length === 0) return;
  await tx.query(
    `INSERT INTO job_step (job_id, server_id, seq, step, what, output, problem_kind, problem_text, created)
     VALUES ${entries.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
    entries.flatMap((entry, index) => [jobId, serverId, ...valuesOf(entry, firstSeq + index, now)]),
  );
}

/**
 * Appends entries in one statement that locks the job row until the transaction ends, so that nobody can claim the job in between.
 * @throws JobLost when the job is no longer ours
 */
export async function appendEntries(
  manager: EntityManager,
  job: ClaimedJob,
  serverId: number,
  entries: readonly SagaLogEntry[],
  firstSeq: number,
  now: Date,
): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map((_, index) =>
    index === 0
      ? 'SELECT ? AS seq, ? AS step, ? AS what, ? AS output, ? AS problem_kind, ? AS problem_text, ? AS created'
      : 'UNION ALL SELECT ?, ?, ?, ?, ?, ?, ?',
  );
  const result = await manager.query<WriteResult>(
    `INSERT INTO job_step (job_id, server_id, seq, step, what, output, problem_kind, problem_text, created)
     SELECT job.id, job.server_id, entry.* FROM job JOIN (${rows.join(' ')}) entry
     WHERE job.id = ? AND job.server_id = ? AND job.claim = ? FOR UPDATE`,
    [...entries.flatMap((entry, index) => valuesOf(entry, firstSeq + index, now)), job.id, serverId, job.claim],
  );
  if (result.affectedRows !== entries.length) throw new JobLost(`job ${job.uuid} was taken over by another server`);
}

interface StepRow {
  readonly jobId: number;
  readonly step: string;
  readonly what: SagaEvent;
  readonly output: string | null;
  readonly problemKind: LoggedProblem['kind'] | null;
  readonly problemText: string | null;
}

/** The logs of some jobs, each in its order. */
export async function readLogs(manager: EntityManager, jobIds: readonly number[]): Promise<Map<number, SagaLogEntry[]>> {
  const logs = new Map<number, SagaLogEntry[]>(jobIds.map((id) => [id, []]));
  if (jobIds.length === 0) return logs;
  const rows = await manager.query<StepRow[]>(
    `SELECT job_id AS jobId, step, what, output, problem_kind AS problemKind, problem_text AS problemText
     FROM job_step WHERE job_id IN (?) ORDER BY job_id, seq`,
    [jobIds],
  );
  for (const row of rows) {
    logs.get(row.jobId)!.push({
      step: row.step,
      what: row.what,
      ...(row.output !== null && { output: JSON.parse(row.output) as unknown }),
      ...(row.problemKind !== null && { problem: { kind: row.problemKind, message: row.problemText ?? '' } }),
    });
  }
  return logs;
}
