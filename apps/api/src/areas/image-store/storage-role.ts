// What a secondary-storage VM is among the system machines: one in each zone, and which storage it works on.
import type { AgentConfiguration } from '@strata/domain';
import type { SystemVmRole } from '../system-vm/system-vm-role.ts';

export const storageRole: SystemVmRole = {
  kind: 'secondarystoragevm',
  prefix: 's',
  card: 'management',
  async wanted(read) {
    return read.query('SELECT id AS zoneId FROM zone ORDER BY id');
  },
  async configuration(): Promise<AgentConfiguration> {
    return { kind: 'secondarystoragevm' } as unknown as AgentConfiguration;
  },
};
