// Where browsers find the console proxy of a zone.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Settings } from '../../kernel/settings/settings.ts';
import { uploadedSuffix } from '../certificate/certificates.ts';
import { plainPort, publicHost, tlsPort } from '../certificate/public-host.ts';
import { consoleDomain, consoleTls } from './console.settings.ts';

export interface ConsolePlace {
  /** Row of `system_vm`. */
  readonly proxyId: number;
  readonly scheme: 'http' | 'https';
  readonly host: string;
  readonly port: number;
}

/** @throws unavailable while no console proxy of the zone runs with an agent that answers */
export async function consolePlaceOf(read: EntityManager, settings: Settings, zoneId: number): Promise<ConsolePlace> {
  const rows = await read.query<{ id: number; ip: string; agentState: string }[]>(
    `SELECT p.id, INET_NTOA(n.ip) AS ip, p.agent_state AS agentState
     FROM system_vm p JOIN system_nic n ON n.system_vm_id = p.id AND n.purpose = 'management'
     WHERE p.kind = 'consoleproxy' AND p.zone_id = ? AND p.state = 'Running' ORDER BY p.agent_state = 'Up' DESC, p.id LIMIT 1`,
    [zoneId],
  );
  const [proxy] = rows;
  if (!proxy)
    throw problem('unavailable', "no console proxy runs in the machine's zone: it starts by itself, and listSystemVms shows how far it is");
  if (proxy.agentState !== 'Up')
    throw problem(
      'unavailable',
      'the console proxy of the zone does not answer right now: try again in a minute; listSystemVms shows its agent state',
    );
  const isTls = settings.get(consoleTls, { scope: 'zone', id: zoneId });
  const domain = settings.get(consoleDomain, { scope: 'zone', id: zoneId }) || (isTls ? await uploadedSuffix(read) : undefined);
  return {
    proxyId: proxy.id,
    scheme: isTls ? 'https' : 'http',
    host: publicHost(proxy.ip, domain),
    port: isTls ? tlsPort : plainPort,
  };
}
