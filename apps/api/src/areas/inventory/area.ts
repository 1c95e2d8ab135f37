// The inventory: whether database, hosts and storage agree.
import { area } from '../../kernel/area.ts';
import { compareInventory } from './compare-inventory.saga.ts';
import { verifyInventory } from './verify-inventory.command.ts';

export const inventoryArea = area({ name: 'inventory', commands: [verifyInventory], sagas: [compareInventory] });
