// How system machines and their network cards are called: apart from those of guests.
import { macOfNumber } from '../network/mac.ts';
import type { SystemVmKind } from './boot-data.ts';

const prefixes = { secondarystoragevm: 's', consoleproxy: 'v', domainrouter: 'r' } as const satisfies Record<SystemVmKind, string>;

/** The name on its host and in lists, such as `s-1-VM`. */
export function systemVmName(kind: SystemVmKind, id: number): string {
  return `${prefixes[kind]}-${id}-VM`;
}

/** Guests have 06 there: locally administered and unicast too (IEEE 802, bits 1 and 0). */
const firstOctet = '0e';

/** Stable and unique: from the machine's number and the card's position. */
export function systemMac(systemVmId: number, deviceId: number): string {
  return `${firstOctet}${macOfNumber(systemVmId * 256 + deviceId).slice(2)}`;
}
