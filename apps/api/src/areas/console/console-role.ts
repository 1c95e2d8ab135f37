// What a console proxy is among the system machines: one in each zone, and how it shows itself to browsers.
import type { ConsoleProxyConfiguration } from '@strata/domain';
import type { SystemVmRole } from '../system-vm/system-vm-role.ts';

const port = 80;
const idleTimeoutMs = 300_000;
const maxSessions = 50;

export const consoleRole: SystemVmRole = {
  kind: 'consoleproxy',
  prefix: 'v',
  card: 'management',
  async wanted(read) {
    return read.query('SELECT id AS zoneId FROM zone ORDER BY id');
  },
  async configuration(): Promise<ConsoleProxyConfiguration> {
    return { port, tls: null, publicHosts: [], idleTimeoutMs, maxSessions };
  },
};
