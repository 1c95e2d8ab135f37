// I5: each guest address has one live owner, and free and used addresses make up their range. I6: each MAC address is used once.
import type { Difference } from './difference.ts';

export interface AddressRow {
  readonly ip: string;
  readonly networkId: number;
  readonly state: 'Free' | 'Allocated';
  readonly nicId: number | null;
}

export interface NicRow {
  readonly id: number;
  readonly mac: string;
  readonly ip: string | null;
  readonly networkId: number;
  /** Null when its machine is gone. */
  readonly machine: string | null;
}

export interface RangeRow {
  readonly text: string;
  readonly size: number;
  /** Rows of its addresses. */
  readonly addresses: number;
}

/** @param addresses those that are allocated or name a card; free ones need not be given */
export function compareAddresses(addresses: readonly AddressRow[], nics: readonly NicRow[], ranges: readonly RangeRow[]): Difference[] {
  const check = 'I5.addresses';
  const nicById = new Map(nics.map((nic) => [nic.id, nic]));
  const differences: Difference[] = [];
  const held = new Set<number>();
  for (const { ip, networkId, state, nicId } of addresses) {
    const subject = `address ${ip}`;
    const nic = nicId === null ? undefined : nicById.get(nicId);
    if (state === 'Free') {
      if (nicId !== null) differences.push({ check, subject, expected: 'free, of no card', found: `free, but card ${nicId} has it` });
    } else if (!nic)
      differences.push({
        check,
        subject,
        expected: 'a card that has it',
        found: nicId === null ? 'allocated to nothing' : `allocated to card ${nicId}, which is gone`,
      });
    else if (nic.ip !== ip || nic.networkId !== networkId)
      differences.push({ check, subject, expected: `the address of card ${nic.mac}`, found: `that card has ${nic.ip ?? 'no address'}` });
    else held.add(nic.id);
  }
  for (const nic of nics) {
    const subject = `card ${nic.mac}${nic.machine === null ? '' : ` of ${nic.machine}`}`;
    if (nic.machine === null) differences.push({ check, subject, expected: 'a machine', found: 'its machine is gone' });
    if (nic.ip !== null && !held.has(nic.id))
      differences.push({ check, subject, expected: `address ${nic.ip} allocated to it`, found: 'it is not' });
  }
  const short = ranges.filter(({ size, addresses }) => size !== addresses);
  differences.push(
    ...short.map(({ text, size, addresses: rows }) => ({
      check,
      subject: `range ${text}`,
      expected: `${size} addresses`,
      found: `${rows} addresses`,
    })),
  );
  return differences;
}

export function compareMacs(nics: readonly NicRow[]): Difference[] {
  const byMac = new Map<string, string[]>();
  for (const { mac, machine } of nics) byMac.set(mac.toLowerCase(), [...(byMac.get(mac.toLowerCase()) ?? []), machine ?? 'no machine']);
  return [...byMac]
    .filter(([, owners]) => owners.length > 1)
    .map(([mac, owners]) => ({
      check: 'I6.macs',
      subject: `MAC address ${mac}`,
      expected: 'one card',
      found: `cards of ${owners.join(', ')}`,
    }));
}
