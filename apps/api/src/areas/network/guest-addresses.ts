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

/**
 * Locks a free address of the network in the pod for this transaction; assignAddress() makes it a card's.
 * @param wanted one address in particular
 * @throws noCapacity when none is free, invalid when the wanted one is taken or out of range
 */
export async function claimAddress(tx: EntityManager, place: { networkId: number; podId: number }, wanted?: number): Promise<ClaimedAddress> {
  const rows = await tx.query<ClaimedAddress[]>(
    `SELECT id AS addressId, range_id AS rangeId, network_id AS networkId, ip FROM guest_address
     WHERE network_id = ? AND pod_id = ? AND state = 'Free' ${wanted === undefined ? '' : 'AND ip = ?'}
     ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED`,
    [place.networkId, place.podId, ...(wanted === undefined ? [] : [wanted])],
  );
  if (rows[0]) return rows[0];
  if (wanted !== undefined) throw problem('invalid', 'parameter ipaddress names an address that is taken or in no guest range of the chosen pod');
  throw problem('noCapacity', 'the guest network has no free address in the chosen pod: add a range with createVlanIpRange');
}

export async function assignAddress(tx: EntityManager, addressId: number, nicId: number): Promise<void> {
  await tx.query("UPDATE guest_address SET state = 'Allocated', nic_id = ? WHERE id = ?", [nicId, addressId]);
}

/** Frees what the machine's cards hold; nothing held: fine. */
export async function releaseAddressesOf(tx: EntityManager, vmId: number): Promise<void> {
  await tx.query("UPDATE guest_address a JOIN nic n ON n.id = a.nic_id SET a.state = 'Free', a.nic_id = NULL WHERE n.vm_id = ?", [vmId]);
}
