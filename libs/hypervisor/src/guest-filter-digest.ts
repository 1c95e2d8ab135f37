// Tells filters apart by a short text, so that what a host has loaded can be compared without reading its rules back.
import { createHash } from 'node:crypto';
import type { GuestFilterSpec } from './specs.ts';

/** Raised when the same filter is to be loaded as other rules, so that hosts load them anew. */
const edition = 2;

/** Equal for equal filters only. */
export function guestFilterDigest({ tap, bridge, mac, ips, routers, ingress, egress }: GuestFilterSpec): string {
  return createHash('sha256')
    .update(JSON.stringify([edition, tap, bridge, mac, ips, routers, ingress.map(parts), egress.map(parts)]))
    .digest('hex');
}

function parts({ protocol, ports, icmp, peers }: GuestFilterSpec['ingress'][number]): unknown[] {
  return [protocol, ports && [ports.start, ports.end], icmp && [icmp.type, icmp.code], peers.map(({ start, end }) => [start, end])];
}
