// The cards of system machines on the control networks of their hosts, as the hosts must know them.
import { controlTapName, formatIpv4 } from '@strata/domain';
import type { ControlCard } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';

interface CardRow {
  readonly systemVmId: number;
  readonly deviceId: number;
  readonly mac: string;
  readonly ip: number;
  readonly hostId: number | null;
  readonly targetHostId: number | null;
}

/** By the id of the host that a machine is on or moves to. */
export async function controlCardsByHost(read: EntityManager): Promise<Map<number, ControlCard[]>> {
  const rows = await read.query<CardRow[]>(
    `SELECT s.id AS systemVmId, n.device_id AS deviceId, n.mac, n.ip, s.host_id AS hostId, s.target_host_id AS targetHostId
     FROM system_vm s JOIN system_nic n ON n.system_vm_id = s.id AND n.purpose = 'control'
     WHERE s.host_id IS NOT NULL`,
  );
  const byHost = new Map<number, ControlCard[]>();
  for (const { systemVmId, deviceId, mac, ip, hostId, targetHostId } of rows) {
    const card = { tap: controlTapName(systemVmId, deviceId), mac, ip: formatIpv4(ip) };
    for (const id of [hostId, targetHostId]) if (id !== null) byHost.set(id, [...(byHost.get(id) ?? []), card]);
  }
  return byHost;
}
