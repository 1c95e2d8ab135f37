// System virtual machines.
import { area } from '../../kernel/area.ts';
import { listSystemVms } from './list-system-vms.command.ts';

export const systemVmArea = area({ name: 'system-vm', commands: [listSystemVms] });
