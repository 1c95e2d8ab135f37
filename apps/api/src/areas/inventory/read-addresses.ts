// Guest addresses, cards and ranges as the rows have them.
import type { AddressRow, NicRow, RangeRow } from '@strata/domain';
import type { EntityManager } from 'typeorm';

export async function readAddresses(read: EntityManager): Promise<{ addresses: AddressRow[]; nics: NicRow[]; ranges: RangeRow[] }> {
  return {
    addresses: await read.query<AddressRow[]>(
      "SELECT INET_NTOA(ip) AS ip, network_id AS networkId, state, nic_id AS nicId FROM guest_address WHERE state <> 'Free' OR nic_id IS NOT NULL",
    ),
    nics: await read.query<NicRow[]>(
      'SELECT n.id, n.mac, INET_NTOA(n.ip) AS ip, n.network_id AS networkId, vm.name AS machine FROM nic n LEFT JOIN virtual_machine vm ON vm.id = n.vm_id',
    ),
    ranges: await read.query<RangeRow[]>(
      `SELECT CONCAT(r.start_ip, '-', r.end_ip) AS text, INET_ATON(r.end_ip) - INET_ATON(r.start_ip) + 1 AS size,
         (SELECT COUNT(*) FROM guest_address a WHERE a.range_id = r.id) AS addresses
       FROM vlan_ip_range r WHERE NOT r.for_virtual_network`,
    ),
  };
}
