// MAC addresses of guests: locally administered, unicast, unique because they come from a sequence.
import { problem } from '../errors.ts';

/** The first octet: bit 1 set (locally administered), bit 0 clear (unicast). */
const firstOctet = 0x06;
const limit = 2 ** 40;

/** `number` is a 40-bit sequence value; equal numbers give equal addresses, different ones different addresses. */
export function macOfNumber(number: number): string {
  if (!Number.isInteger(number) || number < 0 || number >= limit)
    throw problem('bug', `MAC sequence value ${number} is not a 40-bit number`);
  const hex = number.toString(16).padStart(10, '0');
  return [firstOctet.toString(16).padStart(2, '0'), ...(hex.match(/../g) ?? [])].join(':');
}

/** Of guests and system machines, which the database numbers, and of the hosts' ends of their cards (libvirt). */
const givenOut = [firstOctet, 0x0e, 0xfe];

/**
 * The address that somebody wants for a card. Neither one that is given out here, now or later, nor one that a maker gave to real hardware: with the
 * address of a router or a neighbour it would draw their frames. Throws `invalid`.
 */
export function parseChosenMac(text: string, parameter: string): string {
  const mac = parseMac(text, parameter);
  const first = Number.parseInt(mac.slice(0, 2), 16);
  if ((first & 2) === 0)
    throw problem(
      'invalid',
      `${parameter} "${text}" is an address of real hardware: choose a locally administered one such as 02:00:00:00:00:01`,
    );
  if (givenOut.includes(first))
    throw problem(
      'invalid',
      `${parameter} "${text}" is one of those that are given to machines here: choose another beginning, such as 02:00:00:00:00:01`,
    );
  return mac;
}

/** Reads the usual spellings (colons or hyphens, any case) and writes lower case with colons; only unicast addresses are accepted. */
export function parseMac(text: string, parameter: string): string {
  const octets = /^[0-9a-f]{2}([:-])[0-9a-f]{2}(\1[0-9a-f]{2}){4}$/i.test(text) ? text.toLowerCase().split(/[:-]/) : undefined;
  if (!octets)
    throw problem(
      'invalid',
      `${parameter} "${text}" is not a MAC address: write six pairs of hexadecimal digits, such as 02:00:00:00:00:01`,
    );
  const first = Number.parseInt(octets[0] ?? '', 16);
  if (first % 2 === 1) throw problem('invalid', `${parameter} "${text}" is a multicast address: the first pair must be even, such as 02`);
  if (octets.every((octet) => octet === '00'))
    throw problem('invalid', `${parameter} "${text}" is no address of a machine: choose one such as 02:00:00:00:00:01`);
  return octets.join(':');
}
