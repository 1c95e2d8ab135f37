// IP protocols as rules name them: TCP, UDP, ICMP, ALL, or a number.
import { problem } from '../errors.ts';

/** Lower case; other protocols than these by their number, such as `47`. */
export type RuleProtocol = string;

/** Assigned Internet Protocol Numbers (IANA). */
const numbers: Readonly<Record<string, number>> = { icmp: 1, tcp: 6, udp: 17 };
const names = new Map(Object.entries(numbers).map(([name, number]) => [number, name]));

/** @throws invalid for what is neither a known name nor a number from 0 to 255 */
export function parseProtocol(text: string): RuleProtocol {
  const word = text.trim().toLowerCase();
  if (word === 'all' || Object.hasOwn(numbers, word)) return word;
  if (/^\d{1,3}$/.test(word) && Number(word) <= 255) return names.get(Number(word)) ?? String(Number(word));
  throw problem('invalid', `parameter protocol is ${text}: TCP, UDP, ICMP, ALL or a number from 0 to 255 is possible`);
}

/** Null stands for every protocol. */
export function protocolNumber(protocol: RuleProtocol): number | null {
  return protocol === 'all' ? null : (numbers[protocol] ?? Number(protocol));
}

export function hasPorts(protocol: RuleProtocol): boolean {
  return protocol === 'tcp' || protocol === 'udp';
}
