// The address rows of a range: made with it, taken away with it.
import { type AddressRange, addressesOf, formatIpv4, type Ipv4Range, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { VlanIpRange } from './vlan-ip-range.entity.ts';

/** Rows of one INSERT. */
const batch = 1000;
/** How many addresses a message names. */
const named = 3;

/** @throws a unique index error when the network has one of the addresses already, which the overlap check prevents */
export async function addAddresses(tx: EntityManager, range: VlanIpRange, addresses: Ipv4Range | AddressRange): Promise<void> {
  const all = [...addressesOf(addresses)];
  for (let from = 0; from < all.length; from += batch) {
    const rows = all.slice(from, from + batch).map((ip) => [range.id, range.networkId, range.podId, range.zoneId, ip, 'Free']);
    await tx.query('INSERT INTO guest_address (range_id, network_id, pod_id, zone_id, ip, state) VALUES ?', [rows]);
  }
}

/**
 * Waits for deploys that hold addresses of the range, then deletes the free ones outside `keep`.
 * @throws inUse with some of the addresses that machines have
 */
export async function removeAddresses(tx: EntityManager, rangeId: number, keep?: Ipv4Range): Promise<void> {
  const beyond = keep ? 'AND (ip < ? OR ip > ?)' : '';
  const values = [rangeId, ...(keep ? [keep.start, keep.end] : [])];
  await tx.query(`DELETE FROM guest_address WHERE range_id = ? AND state = 'Free' ${beyond}`, values);
  const left = await tx.query<{ ip: number }[]>(`SELECT ip FROM guest_address WHERE range_id = ? ${beyond} ORDER BY ip`, values);
  if (left.length === 0) return;
  const some = left.slice(0, named).map(({ ip }) => formatIpv4(ip));
  throw problem(
    'inUse',
    `${left.length} ${left.length === 1 ? 'address is' : 'addresses are'} still held by machines (${some.join(', ')}${left.length > named ? ', …' : ''}): destroy and expunge those first`,
  );
}

/** @throws inUse while a machine has one of its addresses */
export async function removeRange(tx: EntityManager, rangeId: number): Promise<void> {
  await removeAddresses(tx, rangeId);
  await tx.query('DELETE FROM vlan_ip_range WHERE id = ?', [rangeId]);
}
