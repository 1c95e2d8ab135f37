// deleteEvents
import { command, success } from '../../kernel/command/command.ts';
import { everyRole } from '../../kernel/command/caller.ts';
import { param } from '../../kernel/command/param.ts';
import { Event } from '../../kernel/events/event.entity.ts';
import { choiceParams, chosen } from './chosen.ts';
import { onlyOwnEvents } from './own-events.ts';

export const deleteEvents = command({
  name: 'deleteEvents',
  about: 'Deletes audit events.',
  roles: everyRole,
  event: 'EVENT.DELETE',
  since: '1.0',
  params: { ids: param.refs(Event, { access: 'operate', about: 'the events' }), ...choiceParams },
  returns: success,
  async execute(args, { caller, tx }) {
    const { where, values } = onlyOwnEvents(chosen(args, 'created'), caller).sql();
    await tx.query(`DELETE FROM event ${where}`, values);
  },
});
