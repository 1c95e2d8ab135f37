// Deletes a traffic type that no network uses.
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { carrySystemTraffic } from './system-networks.ts';
import type { TrafficKind } from './traffic-type.entity.ts';

type Input = { readonly trafficTypeId: number };

async function remove({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  const rows = await tx.query<{ kind: TrafficKind; name: string; physicalNetworkId: number; zoneId: number }[]>(
    'SELECT t.kind, p.name, p.id AS physicalNetworkId, p.zone_id AS zoneId FROM traffic_type t JOIN physical_network p ON p.id = t.physical_network_id JOIN zone z ON z.id = p.zone_id WHERE t.id = ? FOR UPDATE',
    [input.trafficTypeId],
  );
  const type = rows[0];
  if (!type) return;
  await refuseWhileUsed(tx, `${type.kind} traffic of physical network ${type.name}`, [
    {
      noun: ['network', 'networks'],
      from: 'network n',
      name: 'n.name',
      where: 'n.physical_network_id = ? AND n.traffic_type = ? AND NOT n.is_system',
      values: [type.physicalNetworkId, type.kind],
    },
    {
      noun: ['public range', 'public ranges'],
      from: 'vlan_ip_range r',
      name: "CONCAT(r.start_ip, '-', r.end_ip)",
      where: 'r.physical_network_id = ? AND r.for_virtual_network AND ?',
      values: [type.physicalNetworkId, type.kind === 'Public'],
    },
    {
      noun: ['storage range', 'storage ranges'],
      from: 'storage_ip_range r',
      name: "CONCAT(r.start_ip, '-', r.end_ip)",
      where: 'r.zone_id = ? AND ?',
      values: [type.zoneId, type.kind === 'Storage'],
    },
  ]);
  await carrySystemTraffic(tx, type.zoneId, type.kind, null);
  await tx.query('DELETE FROM traffic_type WHERE id = ?', [input.trafficTypeId]);
}

export const removeTrafficType = saga<Input>('deleteTrafficType').rows('remove', remove);
