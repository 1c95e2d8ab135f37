// What a console proxy is among the system machines: one in each zone, and how it shows itself to browsers.
import type { ConsoleProxyConfiguration } from '@strata/domain';
import type { SystemVmRole } from '../system-vm/system-vm-role.ts';
import { uploadedSuffix, zoneCertificate } from '../certificate/certificates.ts';
import { plainPort, publicHost, tlsPort } from '../certificate/public-host.ts';
import { consoleDomain, consoleIdleMs, consoleMaxSessions, consoleTls } from './console.settings.ts';

export const consoleRole: SystemVmRole = {
  kind: 'consoleproxy',
  prefix: 'v',
  card: 'management',
  async wanted(read) {
    return read.query('SELECT id AS zoneId FROM zone ORDER BY id');
  },
  async configuration({ read, secrets, settings }, vm): Promise<ConsoleProxyConfiguration> {
    const scope = { scope: 'zone', id: vm.zoneId } as const;
    const isTls = settings.get(consoleTls, scope);
    const [card] = await read.query<{ ip: string }[]>(
      "SELECT INET_NTOA(ip) AS ip FROM system_nic WHERE system_vm_id = ? AND purpose = 'management'",
      [vm.id],
    );
    const ip = card!.ip;
    const host = publicHost(ip, settings.get(consoleDomain, scope) || (await uploadedSuffix(read)));
    const publicHosts: [string, ...string[]] = host === ip ? [ip] : [host, ip];
    return {
      port: isTls ? tlsPort : plainPort,
      tls: isTls ? await zoneCertificate(read, secrets, publicHosts) : null,
      publicHosts,
      idleTimeoutMs: settings.get(consoleIdleMs),
      maxSessions: settings.get(consoleMaxSessions),
    };
  },
};
