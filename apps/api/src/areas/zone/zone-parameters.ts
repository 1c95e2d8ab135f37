// What is common to the parameters of zones, pods and clusters: names, DNS servers, states, domains, locks.
import { assertNetworkDomain, formatIpv4, isUnicastIpv4, parseCidr, parseDisplayName, parseIpv4, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { noSuchEntity, param } from '../../kernel/command/param.ts';

export const allocationStateParam = param.enum(['Enabled', 'Disabled'], { about: 'whether it takes new machines' });

/** The address of a DNS server. @throws invalid */
export function parseDnsServer(text: string, parameter: string): string {
  const address = parseIpv4(text.trim(), parameter);
  if (!isUnicastIpv4(address))
    throw problem(
      'invalid',
      `${parameter} ${text} cannot be a DNS server (loopback, multicast or reserved): give the address of one that machines can reach`,
    );
  return formatIpv4(address);
}

/** An absent or empty optional parameter is null. */
export function optional<T>(text: string | undefined, parameter: string, parse: (text: string, parameter: string) => T): T | null {
  return text === undefined || text.trim() === '' ? null : parse(text, parameter);
}

export function parseNetworkDomain(text: string, parameter: string): string {
  assertNetworkDomain(text, parameter);
  return text;
}

/** A private subnet that isolated networks can be cut from. @throws invalid */
export function parseGuestCidr(text: string, parameter: string): string {
  const cidr = parseCidr(text, parameter);
  if (cidr.prefix < 8 || cidr.prefix > 29)
    throw problem('invalid', `${parameter} ${text} has prefix /${cidr.prefix}: choose one from /8 to /29`);
  if (!isUnicastIpv4(cidr.network))
    throw problem('invalid', `${parameter} ${text} cannot belong to machines: choose a private subnet such as 10.1.1.0/24`);
  return text;
}

export const parseName = (text: string): string => parseDisplayName(text, 'name');

/** Holds the zone for the rest of the transaction: checks that look at its whole content (ranges, names, children) happen one at a time. */
export async function lockZone(tx: EntityManager, zone: { id: number; uuid: string }): Promise<void> {
  const rows = await tx.query<unknown[]>('SELECT id FROM zone WHERE id = ? FOR UPDATE', [zone.id]);
  if (rows.length === 0) throw noSuchEntity('zoneid', zone.uuid);
}

/** @throws invalid when the row belongs to another zone */
export function assertInZone(noun: string, row: { name: string; zoneId: number }, zone: { id: number; name: string }): void {
  if (row.zoneId !== zone.id) throw problem('invalid', `${noun} ${row.name} is not in zone ${zone.name}: give a ${noun} of that zone`);
}
