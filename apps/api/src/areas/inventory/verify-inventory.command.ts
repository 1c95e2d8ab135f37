// verifyInventory
import { randomUUID } from 'node:crypto';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { compareInventory } from './compare-inventory.saga.ts';
import { differenceView } from './difference.view.ts';

export const verifyInventory = command({
  name: 'verifyInventory',
  about: 'Compares database, hosts and storage and lists every difference; changes nothing.',
  roles: adminRoles,
  async: 'awaited',
  event: 'INVENTORY.VERIFY',
  since: '1.0',
  params: {},
  returns: listOf(differenceView),
  async execute(_args, { jobs }) {
    return jobs.start(compareInventory, {}, { subject: { type: 'Inventory', id: 0, uuid: randomUUID() }, fresh: true });
  },
});
