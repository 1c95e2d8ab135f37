// Claims and releases guest addresses. Claims never wait for each other: each takes the first free row nobody holds.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';

export interface ClaimedAddress {
  readonly addressId: number;
  readonly rangeId: number;
  readonly networkId: number;
  /** IPv4 as a number. */
  readonly ip: number;
}

/** A network in particular, or the common guest network of a basic zone. */
export type NetworkChoice = { readonly id: number } | { readonly guestNetworkOfZone: number };

const guestNetworkSql = "SELECT id FROM network WHERE zone_id = ? AND traffic_type = 'Guest' ORDER BY id LIMIT 1";

/** @throws invalid when the zone has no guest network */
export async function networkIdOf(tx: EntityManager, choice: NetworkChoice): Promise<number> {
  if ('id' in choice) return choice.id;
  const rows = await tx.query<{ id: number }[]>(guestNetworkSql, [choice.guestNetworkOfZone]);
  if (!rows[0]) throw problem('invalid', 'the zone has no guest network yet: create one with createNetwork');
  return rows[0].id;
}

/**
 * Locks a free address of the network in the pod for this transaction; assignAddress() makes it a card's.
 * @param wanted one address in particular
 * @throws noCapacity when none is free, invalid when the wanted one is taken or out of range
 */
export async function claimAddress(tx: EntityManager, network: NetworkChoice, podId: number, wanted?: number): Promise<ClaimedAddress> {
  const [networkSql, networkValue] = 'id' in network ? ['?', network.id] : [`(${guestNetworkSql})`, network.guestNetworkOfZone];
  const rows = await tx.query<ClaimedAddress[]>(
    `SELECT id AS addressId, range_id AS rangeId, network_id AS networkId, ip FROM guest_address
     WHERE network_id = ${networkSql} AND pod_id = ? AND state = 'Free' ${wanted === undefined ? '' : 'AND ip = ?'}
     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [networkValue, podId, ...(wanted === undefined ? [] : [wanted])],
  );
  if (rows[0]) return rows[0];
  await networkIdOf(tx, network);
  if (wanted !== undefined)
    throw problem('invalid', 'parameter ipaddress names an address that is taken or in no guest range of the chosen pod');
  throw problem('noCapacity', 'the guest network has no free address in the chosen pod: add a range with createVlanIpRange');
}

export async function assignAddress(tx: EntityManager, addressId: number, nicId: number): Promise<void> {
  await tx.query("UPDATE guest_address SET state = 'Allocated', nic_id = ? WHERE id = ?", [nicId, addressId]);
}

/** Frees what the machine's cards hold; nothing held: fine. */
export async function releaseAddressesOf(tx: EntityManager, vmId: number): Promise<void> {
  await tx.query("UPDATE guest_address a JOIN nic n ON n.id = a.nic_id SET a.state = 'Free', a.nic_id = NULL WHERE n.vm_id = ?", [vmId]);
}

/** Takes the address from one card; it has none: fine. */
export async function releaseAddressOf(tx: EntityManager, nicId: number): Promise<void> {
  await tx.query("UPDATE guest_address SET state = 'Free', nic_id = NULL WHERE nic_id = ?", [nicId]);
  await tx.query('UPDATE nic SET ip = NULL, range_id = NULL WHERE id = ?', [nicId]);
}
