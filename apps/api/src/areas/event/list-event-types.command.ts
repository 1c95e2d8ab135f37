// listEventTypes
import { everyRole } from '../../kernel/command/caller.ts';
import { computedList } from '../../kernel/command/computed-list.ts';
import { field, view } from '../../kernel/command/view.ts';
import { sessionEventTypes } from '../account/session-events.ts';
import { consoleEventTypes } from '../console/console-events.ts';
import { systemVmEventTypes } from '../system-vm/system-vm-events.ts';

const eventTypeView = view<string>('eventtype', { name: field.string('the type, as listEvents takes it', (type) => type) });

export const listEventTypes = computedList({
  name: 'listEventTypes',
  about: 'Lists the types of audit events.',
  roles: everyRole,
  since: '1.0',
  params: {},
  returns: eventTypeView,
  keyword: (type) => type,
  rows: async (_args, { registry }) =>
    [
      ...new Set([
        ...registry.commands.flatMap(({ event }) => event ?? []),
        ...sessionEventTypes,
        ...consoleEventTypes,
        ...systemVmEventTypes,
      ]),
    ].toSorted(),
});
