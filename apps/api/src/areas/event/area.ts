// Audit events and alerts.
import { area } from '../../kernel/area.ts';
import { type AccessRule, ownedByAccount, resource } from '../../kernel/command/resource.ts';
import { Alert, Event } from '../../kernel/events/event.entity.ts';
import { eventPurgeDays } from '../../kernel/jobs/job-settings.ts';
import { archiveAlerts } from './archive-alerts.command.ts';
import { archiveEvents } from './archive-events.command.ts';
import { deleteAlerts } from './delete-alerts.command.ts';
import { deleteEvents } from './delete-events.command.ts';
import { listAlerts } from './list-alerts.command.ts';
import { listEventTypes } from './list-event-types.command.ts';
import { listEvents } from './list-events.command.ts';
import { oldEvents } from './old-events.reconciler.ts';

/** Alerts are for administrators of resources to read. */
const readByResourceAdmins: AccessRule<Alert> = (caller, _row, access) => access === 'see' && caller.role === 'ResourceAdmin';

export const eventArea = area({
  name: 'event',
  commands: [archiveAlerts, archiveEvents, deleteAlerts, deleteEvents, listAlerts, listEventTypes, listEvents],
  resources: [
    resource(Event, { noun: 'event', type: 'Event', may: ownedByAccount }),
    resource(Alert, { noun: 'alert', type: 'Alert', may: readByResourceAdmins }),
  ],
  entities: [Event, Alert],
  reconcilers: [oldEvents],
  settings: [eventPurgeDays],
});
