// Deletes a physical network with its traffic types and providers.
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';

type Input = { readonly physicalNetworkId: number; readonly name: string };

async function remove({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  const values = [input.physicalNetworkId];
  // Networks and ranges are added under the zone's lock, providers under the physical network's.
  await tx.query('SELECT p.id FROM zone z JOIN physical_network p ON p.zone_id = z.id WHERE p.id = ? FOR UPDATE', values);
  await refuseWhileUsed(tx, `physical network ${input.name}`, [
    {
      noun: ['guest network', 'guest networks'],
      from: 'network n',
      name: 'n.name',
      where: 'n.physical_network_id = ? AND NOT n.is_system',
      values,
    },
    {
      noun: ['address range', 'address ranges'],
      from: 'vlan_ip_range r',
      name: "CONCAT(r.start_ip, '-', r.end_ip)",
      where: 'r.physical_network_id = ?',
      values,
    },
    {
      noun: ['storage range', 'storage ranges'],
      from: 'storage_ip_range r JOIN network n ON n.id = r.network_id',
      name: "CONCAT(r.start_ip, '-', r.end_ip)",
      where: 'n.physical_network_id = ?',
      values,
    },
  ]);
  await tx.query('UPDATE network SET physical_network_id = NULL WHERE physical_network_id = ? AND is_system', values);
  await tx.query(
    'DELETE e FROM virtual_router_element e JOIN network_service_provider p ON p.id = e.provider_id WHERE p.physical_network_id = ?',
    values,
  );
  await tx.query('DELETE FROM network_service_provider WHERE physical_network_id = ?', values);
  await tx.query('DELETE FROM traffic_type WHERE physical_network_id = ?', values);
  await tx.query('DELETE FROM physical_network WHERE id = ?', values);
}

export const removePhysicalNetwork = saga<Input>('deletePhysicalNetwork').rows('remove', remove);
