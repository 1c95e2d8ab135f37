// listEvents
import { problem } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Event } from '../../kernel/events/event.entity.ts';
import { eventSource, eventView } from './event.view.ts';

export const listEvents = listCommand({
  name: 'listEvents',
  about: 'Lists audit events, newest first.',
  roles: everyRole,
  since: '1.0',
  params: {
    id: param.ref(Event, { access: 'see', about: 'only this event' }),
    type: param.string({ about: 'only this type' }),
    level: param.enum(['INFO', 'WARN', 'ERROR'], { about: 'only this level' }),
    state: param.enum(['Created', 'Scheduled', 'Started', 'Completed'], { about: 'only this state' }),
    startid: param.uuid({ about: 'only events of the job that this event scheduled' }),
    startdate: param.date({ about: 'only events at this moment or later' }),
    enddate: param.date({ about: 'only events at this moment or earlier' }),
    entrytime: param.integer({ about: 'with duration: only what began within this many seconds' }),
    duration: param.integer({ about: 'with entrytime: only what has been going on for longer than this many seconds' }),
    resourceid: param.uuid({ about: 'only events about this object; needs resourcetype' }),
    resourcetype: param.string({ about: 'what kind of object resourceid names' }),
    archived: param.boolean({ about: 'archived events instead of the others' }),
  },
  source: eventSource,
  returns: eventView,
  keyword: ['e.type', 'e.description', 'e.level'],
  ownedBy: { account: 'e.account_id', domain: 'e.domain_id' },
  where(
    { id, type, level, state, startid, startdate, enddate, entrytime, duration, resourceid, resourcetype, archived },
    where,
    { clock },
  ) {
    if (resourceid !== undefined && resourcetype === undefined) throw problem('invalid', 'resourceid needs resourcetype: send both');
    where
      .equals('e.id', id?.id)
      .equals('e.type', type)
      .equals('e.level', level)
      .equals('e.state', state)
      .equals('e.start_id', startid)
      .equals('e.subject_uuid', resourceid)
      .equals('e.subject_type', resourcetype);
    if (!id) where.equals('e.archived', archived ?? false);
    if (startdate) where.and('e.created >= ?', startdate);
    if (enddate) where.and('e.created <= ?', enddate);
    if (entrytime === undefined || duration === undefined) return;
    if (entrytime <= duration)
      throw problem('invalid', `entrytime is ${entrytime} and duration ${duration}: entrytime must be the longer one`);
    const ago = (seconds: number) => new Date(clock.now().getTime() - seconds * 1_000);
    where
      .and('e.created BETWEEN ? AND ?', ago(entrytime), ago(duration))
      .and(
        `e.state IN ('Scheduled', 'Started') AND NOT EXISTS (SELECT 1 FROM event done WHERE done.start_id = e.start_id AND done.state = 'Completed')`,
      );
  },
});
