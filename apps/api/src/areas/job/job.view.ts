// Asynchronous jobs in answers.
import { formatDomainPath, jobStatusNumber, type JobState, type ProblemKind } from '@strata/domain';
import type { CommandContext } from '../../kernel/command/command.ts';
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';
import { type EndedJob, jobResult, presentResults } from '../../kernel/jobs/job-result.ts';
import type { JsonObject } from '../../kernel/json.ts';
import { errorCodes } from '../../kernel/wire/error-envelope.ts';

export interface JobRow extends EndedJob {
  readonly id: number;
  readonly uuid: string;
  readonly state: JobState;
  readonly subjectUuid: string;
  readonly errorKind: ProblemKind | null;
  readonly userId: number;
  readonly created: Date;
  readonly completed: Date | null;
  readonly accountUuid: string | null;
  readonly accountName: string | null;
  readonly userUuid: string | null;
  readonly domainUuid: string | null;
  readonly domainPath: string | null;
  readonly serverUuid: string | null;
  readonly serverName: string | null;
  /** Filled by withOutcomes(). */
  outcome?: JsonObject;
}

export const jobSource = source<JobRow>({
  from: 'job j',
  joins: [
    'LEFT JOIN account a ON a.id = j.account_id',
    'LEFT JOIN user u ON u.id = j.user_id',
    'LEFT JOIN domain d ON d.id = j.domain_id',
    'LEFT JOIN management_server s ON s.id = j.server_id',
  ],
  columns: {
    id: 'j.id',
    uuid: 'j.uuid',
    state: 'j.state',
    command: 'j.command',
    subjectType: 'j.subject_type',
    subjectId: 'j.subject_id',
    subjectUuid: 'j.subject_uuid',
    result: 'j.result',
    errorKind: 'j.error_kind',
    errorText: 'j.error_text',
    userId: 'j.user_id',
    created: 'j.created',
    completed: 'j.completed',
    accountUuid: 'a.uuid',
    accountName: 'a.name',
    userUuid: 'u.uuid',
    domainUuid: 'd.uuid',
    domainPath: 'd.path',
    serverUuid: 's.uuid',
    serverName: 's.name',
  },
  orderBy: 'j.id DESC',
});

/** Adds what ended jobs answered, as the caller sees it. */
export async function withOutcomes(
  rows: readonly JobRow[],
  { registry, tx, caller }: CommandContext,
  open?: (job: JobRow, sealed: string) => JsonObject,
): Promise<void> {
  const ended = rows.filter(({ state }) => jobStatusNumber(state) !== 0);
  const presented = await presentResults(
    ended.filter(({ state }) => state === 'Succeeded'),
    registry,
    tx,
    caller,
    open,
  );
  for (const row of ended) row.outcome = jobResult(row, presented.get(row), registry.find(row.command), caller);
}

const failureCode = (row: JobRow) => (jobStatusNumber(row.state) < 2 ? 0 : errorCodes(row.errorKind ?? 'bug').errorcode);

export const jobView = view<JobRow>('asyncjobs', {
  accountid: field.string('the id of the account that started it', (row) => row.accountUuid),
  account: field.string('the name of the account that started it', (row) => row.accountName),
  domainid: field.string('the id of the domain of that account', (row) => row.domainUuid),
  domainpath: field.string('the path of that domain', (row) => row.domainPath && formatDomainPath(row.domainPath)),
  userid: field.string('the id of the user who started it', (row) => row.userUuid),
  cmd: field.string('the command', (row) => row.command),
  jobstatus: field.integer('0 pending, 1 succeeded, 2 failed, 3 cancelled', (row) => jobStatusNumber(row.state)),
  jobprocstatus: field.integer('always 0', () => 0),
  jobresultcode: field.integer('0, or the error code of a failed job', failureCode),
  jobresulttype: field.string('object, once there is a result', (row) => row.outcome && 'object'),
  jobresult: { type: 'object', about: 'the object, success, or error code and text', write: (row) => row.outcome },
  jobinstancetype: field.string('what kind of object it is about', (row) => row.subjectType),
  jobinstanceid: field.string('the id of that object', (row) => row.subjectUuid),
  managementserverid: field.string('the id of the server that runs it', (row) => row.serverUuid, { roles: ['Admin'] }),
  managementservername: field.string('the name of that server', (row) => row.serverName, { roles: ['Admin'] }),
  created: field.date('when it was started', (row) => row.created),
  completed: field.date('when it ended', (row) => row.completed),
  jobid: field.string('the id of the job', (row) => row.uuid),
});
