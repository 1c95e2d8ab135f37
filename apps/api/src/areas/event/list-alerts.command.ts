// listAlerts
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';
import { Alert } from '../../kernel/events/event.entity.ts';
import { alertNames, alertNumber } from './alert-types.ts';

interface AlertRow {
  readonly id: number;
  readonly uuid: string;
  readonly type: string;
  readonly subject: string;
  readonly content: string;
  readonly sent: Date;
}

const alertSource = source<AlertRow>({
  from: 'alert al',
  columns: { id: 'al.id', uuid: 'al.uuid', type: 'al.type', subject: 'al.subject', content: 'al.content', sent: 'al.sent' },
  orderBy: 'al.sent DESC, al.id DESC',
});

const alertView = view<AlertRow>('alert', {
  id: field.string('the id of the alert', (row) => row.uuid),
  type: field.integer('the number of its type', (row) => alertNumber(row.type)),
  name: field.string('the name of its type', (row) => row.type),
  description: field.string('what is wrong, and what to do', (row) => (row.content ? `${row.subject}: ${row.content}` : row.subject)),
  sent: field.date('when it was last raised', (row) => row.sent),
});

export const listAlerts = listCommand({
  name: 'listAlerts',
  about: 'Lists alerts, the latest first; those whose cause is over too, until they are archived.',
  roles: ['Admin', 'ResourceAdmin'],
  since: '1.0',
  params: {
    id: param.ref(Alert, { access: 'see', about: 'only this alert' }),
    type: param.string({ about: 'only this type, by name or number' }),
    name: param.string({ about: 'only this type, by name' }),
  },
  source: alertSource,
  returns: alertView,
  keyword: ['al.subject', 'al.content', 'al.type'],
  where({ id, type, name }, where) {
    where
      .equals('al.id', id?.id)
      .equals('al.type', name)
      .in('al.type', type === undefined ? undefined : alertNames(type));
    if (!id) where.equals('al.archived', false);
  },
});
