// deleteAlerts
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Alert } from '../../kernel/events/event.entity.ts';
import { choiceParams, chosen } from './chosen.ts';

export const deleteAlerts = command({
  name: 'deleteAlerts',
  about: 'Deletes alerts.',
  roles: ['Admin'],
  event: 'ALERT.DELETE',
  since: '1.0',
  params: { ids: param.refs(Alert, { access: 'operate', about: 'the alerts' }), ...choiceParams },
  returns: success,
  async execute(args, { tx }) {
    const { where, values } = chosen(args, 'sent').sql();
    await tx.query(`DELETE FROM alert ${where}`, values);
  },
});
