// Audit events in answers.
import { formatDomainPath } from '@strata/domain';
import { source } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';

export interface EventRow {
  readonly id: number;
  readonly uuid: string;
  readonly type: string;
  readonly level: string;
  readonly state: string;
  readonly description: string;
  readonly startId: string | null;
  readonly subjectType: string | null;
  readonly subjectUuid: string | null;
  readonly archived: Flag;
  readonly created: Date;
  readonly accountName: string | null;
  readonly username: string | null;
  readonly domainUuid: string | null;
  readonly domainName: string | null;
  readonly domainPath: string | null;
}

export const eventSource = source<EventRow>({
  from: 'event e',
  joins: ['LEFT JOIN account a ON a.id = e.account_id', 'LEFT JOIN user u ON u.id = e.user_id', 'LEFT JOIN domain d ON d.id = e.domain_id'],
  columns: {
    id: 'e.id',
    uuid: 'e.uuid',
    type: 'e.type',
    level: 'e.level',
    state: 'e.state',
    description: 'e.description',
    startId: 'e.start_id',
    subjectType: 'e.subject_type',
    subjectUuid: 'e.subject_uuid',
    archived: 'e.archived',
    created: 'e.created',
    accountName: 'a.name',
    username: 'u.username',
    domainUuid: 'd.uuid',
    domainName: 'd.name',
    domainPath: 'd.path',
  },
  orderBy: 'e.id DESC',
});

export const eventView = view<EventRow>('event', {
  id: field.string('the id of the event', (row) => row.uuid),
  type: field.string('what happened, see listEventTypes', (row) => row.type),
  level: field.string('INFO, WARN or ERROR', (row) => row.level),
  state: field.string('Scheduled, Started or Completed', (row) => row.state),
  description: field.string('what happened, in words', (row) => row.description),
  account: field.string('the account whose object it is about', (row) => row.accountName),
  username: field.string('the user who caused it', (row) => row.username),
  domainid: field.string('the id of the domain of that account', (row) => row.domainUuid),
  domain: field.string('the name of that domain', (row) => row.domainName),
  domainpath: field.string('the path of that domain', (row) => row.domainPath && formatDomainPath(row.domainPath)),
  // The first event of a job is its own start.
  parentid: field.string('the id of the event that scheduled the job it belongs to', (row) =>
    row.startId === row.uuid ? undefined : row.startId,
  ),
  resourcetype: field.string('what kind of object it is about', (row) => row.subjectType),
  resourceid: field.string('the id of that object', (row) => row.subjectUuid),
  archived: field.boolean('whether it was archived', (row) => row.archived),
  created: field.date('when it happened', (row) => row.created),
});
