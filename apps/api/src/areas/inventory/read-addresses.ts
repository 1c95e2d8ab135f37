// Guest addresses, cards and ranges as the rows have them.
import type { AddressRow, NicRow, RangeRow } from '@strata/domain';
import type { EntityManager } from 'typeorm';

export async function readAddresses(read: EntityManager): Promise<{ addresses: AddressRow[]; nics: NicRow[]; ranges: RangeRow[] }> {
  return {
    addresses: await read.query<AddressRow[]>(
      // A router's address has no card of a guest: `system_nic` has it, counted below zero to be told apart.
      `SELECT INET_NTOA(a.ip) AS ip, a.network_id AS networkId, a.state, COALESCE(a.nic_id, -s.id) AS nicId
       FROM guest_address a LEFT JOIN system_nic s ON s.purpose = 'guest' AND s.network_id = a.network_id AND s.ip = a.ip
       WHERE a.state <> 'Free' OR a.nic_id IS NOT NULL`,
    ),
    nics: await read.query<NicRow[]>(
      `SELECT n.id, n.mac, INET_NTOA(n.ip) AS ip, n.network_id AS networkId, vm.name AS machine FROM nic n LEFT JOIN virtual_machine vm ON vm.id = n.vm_id
       UNION ALL SELECT -s.id, s.mac, IF(s.purpose = 'guest', INET_NTOA(s.ip), NULL), COALESCE(s.network_id, 0), CONCAT('system machine ', s.system_vm_id) FROM system_nic s`,
    ),
    ranges: await read.query<RangeRow[]>(
      `SELECT CONCAT(r.start_ip, '-', r.end_ip) AS text, INET_ATON(r.end_ip) - INET_ATON(r.start_ip) + 1 AS size,
         (SELECT COUNT(*) FROM guest_address a WHERE a.range_id = r.id) AS addresses
       FROM vlan_ip_range r WHERE NOT r.for_virtual_network`,
    ),
  };
}
