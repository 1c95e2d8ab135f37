// VLAN numbers and ranges of them, as parameters spell them.
import { problem } from '@strata/domain';

export const untagged = 'untagged';

/** IEEE 802.1Q: 0 and 4095 are reserved. */
const firstVlan = 1;
const lastVlan = 4094;

/** `untagged`, `vlan://untagged`, a number or `vlan://number`; nothing sent means untagged. @throws invalid */
export function parseVlan(text: string | undefined, parameter = 'vlan'): string {
  const word = (text ?? untagged)
    .trim()
    .toLowerCase()
    .replace(/^vlan:\/\//, '');
  if (word === untagged || word === '') return untagged;
  if (!isVlan(word))
    throw problem('invalid', `${parameter} "${text}" is neither untagged nor a VLAN number from ${firstVlan} to ${lastVlan}`);
  return String(Number(word));
}

/** `100-199,300`: sorted and joined. @throws invalid */
export function parseVlanRanges(text: string, parameter = 'vlan'): string {
  const ranges = text.split(',').map((part) => {
    const [from = '', to = from, ...rest] = part.trim().split('-');
    if (rest.length > 0 || !isVlan(from) || !isVlan(to) || Number(from) > Number(to)) {
      throw problem(
        'invalid',
        `${parameter} "${part.trim()}" is not a range of VLANs: write it as 100-199, with numbers from ${firstVlan} to ${lastVlan}`,
      );
    }
    return { from: Number(from), to: Number(to) };
  });
  ranges.sort((one, other) => one.from - other.from);
  const joined: { from: number; to: number }[] = [];
  for (const range of ranges) {
    const last = joined.at(-1);
    if (last && range.from <= last.to + 1) last.to = Math.max(last.to, range.to);
    else joined.push({ ...range });
  }
  return joined.map(({ from, to }) => `${from}-${to}`).join(',');
}

/** How many VLANs stored ranges hold. */
export function countVlans(ranges: string): number {
  return ranges.split(',').reduce((sum, part) => {
    const [from = 0, to = from] = part.split('-').map(Number);
    return sum + to - from + 1;
  }, 0);
}

function isVlan(text: string): boolean {
  return /^\d{1,4}$/.test(text) && Number(text) >= firstVlan && Number(text) <= lastVlan;
}
