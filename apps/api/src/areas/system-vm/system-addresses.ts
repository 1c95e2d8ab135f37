// The addresses of system machines: link-local ones for control, ones of the pod's reserved range for management. Given back with the machine.
import { randomUUID } from 'node:crypto';
import { formatIpv4, parseIpv4, parseNetmask, problem, type SystemNicPurpose, systemMac } from '@strata/domain';
import { controlPrefixLength } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { claimAddress } from '../network/guest-addresses.ts';
import type { Pod } from '../zone/pod.entity.ts';
import { SystemNic } from './system-vm.entity.ts';

/** 169.254.0.1 is the host's own on each control network (RFC 3927 keeps the first and last 256 back; nobody else is on this one). */
const controlRange = { first: parseIpv4('169.254.1.1', 'first'), last: parseIpv4('169.254.254.255', 'last') };

interface Machine {
  readonly id: number;
  readonly zoneId: number;
}

/** The zone's row must be locked: its system machines take addresses one after the other. */
export async function addControlCard(tx: EntityManager, vm: Machine, deviceId: number): Promise<void> {
  const space = `control/${vm.zoneId}`;
  const ip = await firstFree(tx, space, controlRange);
  if (ip === undefined) throw problem('noCapacity', 'the zone has no link-local address left for system machines: remove some of them');
  await tx.insert(SystemNic, card(vm, deviceId, 'control', { space, ip, prefixLength: controlPrefixLength, gateway: null }));
}

/** @throws noCapacity that names the pod's range */
export async function addManagementCard(
  tx: EntityManager,
  vm: Machine,
  deviceId: number,
  pod: Pick<Pod, 'id' | 'name' | 'gateway' | 'netmask' | 'startIp' | 'endIp'>,
): Promise<void> {
  const space = `pod/${pod.id}`;
  const range = { first: parseIpv4(pod.startIp, 'startip'), last: parseIpv4(pod.endIp, 'endip') };
  const ip = await firstFree(tx, space, range);
  if (ip === undefined)
    throw problem(
      'noCapacity',
      `pod ${pod.name} has no free address in its reserved range ${pod.startIp} to ${pod.endIp}: widen it with updatePod, or remove system machines`,
    );
  const prefixLength = parseNetmask(pod.netmask, 'netmask');
  const gateway = parseIpv4(pod.gateway, 'gateway');
  await tx.insert(SystemNic, card(vm, deviceId, 'management', { space, ip, prefixLength, gateway }));
}

/** A router's card among the guests of the pod, with an address of their range. @throws noCapacity when none is free */
export async function addGuestCard(tx: EntityManager, vm: Machine, deviceId: number, podId: number): Promise<void> {
  const { addressId, rangeId, networkId, ip } = await claimAddress(tx, { guestNetworkOfZone: vm.zoneId }, podId);
  const [range] = await tx.query<{ gateway: string; netmask: string }[]>('SELECT gateway, netmask FROM vlan_ip_range WHERE id = ?', [
    rangeId,
  ]);
  await tx.query("UPDATE guest_address SET state = 'Allocated', nic_id = NULL WHERE id = ?", [addressId]);
  await tx.insert(SystemNic, {
    ...card(vm, deviceId, 'guest', {
      space: `guest/${networkId}`,
      ip,
      prefixLength: parseNetmask(range!.netmask, 'netmask'),
      gateway: parseIpv4(range!.gateway, 'gateway'),
    }),
    networkId,
  });
}

/** Removes the cards and frees what they held; none there: fine. */
export async function removeCards(tx: EntityManager, systemVmId: number): Promise<void> {
  await tx.query(
    `UPDATE guest_address a JOIN system_nic n ON n.network_id = a.network_id AND n.ip = a.ip AND n.purpose = 'guest'
     SET a.state = 'Free', a.nic_id = NULL WHERE n.system_vm_id = ?`,
    [systemVmId],
  );
  await tx.delete(SystemNic, { systemVmId });
}

/** @throws inUse when an address in use would lie outside */
export async function refuseStrandedSystemVms(
  tx: EntityManager,
  pod: Pick<Pod, 'id' | 'name'>,
  range: { start: number; end: number },
): Promise<void> {
  const rows = await tx.query<{ ip: number }[]>('SELECT ip FROM system_nic WHERE space = ? AND (ip < ? OR ip > ?) ORDER BY ip LIMIT 1', [
    `pod/${pod.id}`,
    range.start,
    range.end,
  ]);
  if (rows[0])
    throw problem(
      'inUse',
      `a system machine has the address ${formatIpv4(rows[0].ip)} of pod ${pod.name}: keep it inside startip to endip, or destroy that machine first`,
    );
}

type CardAddress = Pick<SystemNic, 'space' | 'ip' | 'prefixLength' | 'gateway'>;

function card(vm: Machine, deviceId: number, purpose: SystemNicPurpose, address: CardAddress): Omit<SystemNic, 'id'> {
  return { uuid: randomUUID(), systemVmId: vm.id, deviceId, purpose, mac: systemMac(vm.id, deviceId), ...address, networkId: null };
}

async function firstFree(tx: EntityManager, space: string, { first, last }: { first: number; last: number }): Promise<number | undefined> {
  const rows = await tx.query<{ ip: number }[]>('SELECT ip FROM system_nic WHERE space = ? AND ip BETWEEN ? AND ? ORDER BY ip', [
    space,
    first,
    last,
  ]);
  let free = first;
  for (const { ip } of rows) {
    if (ip !== free) break;
    free += 1;
  }
  return free <= last ? free : undefined;
}
