// All address ranges of a zone, since no two may share an address and subnets must agree.
import {
  type AddressRange,
  assertCompatibleSubnet,
  type Cidr,
  cidrOf,
  formatCidr,
  formatRange,
  type Ipv4Range,
  type NamedRange,
  parseIpv4,
  parseNetmask,
  problem,
  rangeContains,
  type RangeInput,
  validateRange,
} from '@strata/domain';
import type { EntityManager } from 'typeorm';

export interface ZoneRange extends NamedRange {
  readonly kind: 'pod' | 'guest' | 'public' | 'storage';
  readonly id: number;
  readonly gateway: string;
  readonly netmask: string;
  readonly podId: number | null;
  /** `untagged` or a VLAN number. */
  readonly vlan: string;
}

/** Every range of the zone, each with the name that messages call it by. Hold the zone's lock (lockZone) while deciding by it. */
export async function rangesOfZone(tx: EntityManager, zoneId: number): Promise<ZoneRange[]> {
  return tx.query<ZoneRange[]>(
    `SELECT 'pod' AS kind, p.id, p.id AS podId, p.gateway, p.netmask, p.start_ip AS startIp, p.end_ip AS endIp, 'untagged' AS vlan, CONCAT('pod ', p.name) AS name
       FROM pod p WHERE p.zone_id = ?
     UNION ALL SELECT IF(r.for_virtual_network, 'public', 'guest'), r.id, r.pod_id, r.gateway, r.netmask, r.start_ip, r.end_ip, r.vlan,
       CONCAT(IF(r.for_virtual_network, 'public range of zone ', 'guest range of network '), IF(r.for_virtual_network, z.name, n.name), IF(p.id IS NULL, '', CONCAT(' in pod ', p.name)))
       FROM vlan_ip_range r JOIN zone z ON z.id = r.zone_id JOIN network n ON n.id = r.network_id LEFT JOIN pod p ON p.id = r.pod_id WHERE r.zone_id = ?
     UNION ALL SELECT 'storage', s.id, s.pod_id, s.gateway, s.netmask, s.start_ip, s.end_ip, COALESCE(s.vlan, 'untagged'), CONCAT('storage range of pod ', p.name)
       FROM storage_ip_range s JOIN pod p ON p.id = s.pod_id WHERE s.zone_id = ?`,
    [zoneId, zoneId, zoneId],
  );
}

/**
 * A new or changed range against the others of its zone. Ranges on one VLAN share a wire: there they have the same subnet or nothing in common.
 * @throws invalid
 */
export function validateZoneRange(input: RangeInput, vlan: string, others: readonly ZoneRange[]): AddressRange {
  const sameWire = others.filter((other) => other.vlan === vlan);
  const range = validateRange(input, sameWire);
  assertCompatibleSubnet(
    range.cidr,
    sameWire.map((other) => ({ name: other.name, cidr: cidrOfRange(other) })),
  );
  for (const other of sameWire) {
    if (rangeContains(boundsOf(other), range.gateway))
      throw problem(
        'invalid',
        `gateway ${input.gateway} lies inside ${other.name} (${formatRange(boundsOf(other))}), so a machine may own it: choose another gateway or range`,
      );
    if (rangeContains(range, parseIpv4(other.gateway, 'gateway')))
      throw problem(
        'invalid',
        `startip to endip (${formatRange(range)}) holds ${other.gateway}, the gateway of ${other.name}: leave it out`,
      );
  }
  return range;
}

/**
 * A range that is added: besides, a subnet has one gateway. Ranges that are there may change theirs one after the other.
 * @throws invalid
 */
export function validateNewZoneRange(input: RangeInput, vlan: string, others: readonly ZoneRange[]): AddressRange {
  const range = validateZoneRange(input, vlan, others);
  const neighbour = others.find((other) => other.vlan === vlan && formatCidr(cidrOfRange(other)) === formatCidr(range.cidr));
  if (neighbour && parseIpv4(neighbour.gateway, 'gateway') !== range.gateway)
    throw problem(
      'invalid',
      `gateway ${input.gateway} would be a second one in the subnet ${formatCidr(range.cidr)}, where ${neighbour.name} has ${neighbour.gateway}: send gateway=${neighbour.gateway}, or addresses of another subnet`,
    );
  return range;
}

/** The subnet of a stored gateway and netmask. */
export function cidrOfRange(range: { readonly gateway: string; readonly netmask: string }): Cidr {
  return cidrOf(parseIpv4(range.gateway, 'gateway'), parseNetmask(range.netmask, 'netmask'));
}

function boundsOf(range: NamedRange): Ipv4Range {
  return { start: parseIpv4(range.startIp, 'startip'), end: parseIpv4(range.endIp, 'endip') };
}
