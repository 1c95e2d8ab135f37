// I11: each virtual router has an entry for every guest of its pod, as the rows say, and none for anybody else.
import type { Difference } from './difference.ts';

export interface RouterEntries {
  readonly router: string;
  readonly expected: readonly { readonly mac: string; readonly machine: string; readonly digest: string }[];
  readonly found: readonly { readonly mac: string; readonly digest: string | null }[];
  /** Cards of machines that jobs work on: they may be there or not. */
  readonly busy: ReadonlySet<string>;
}

const check = 'I11.guests-of-routers';

export function compareRouters(routers: readonly RouterEntries[]): Difference[] {
  return routers.flatMap(({ router, expected, found, busy }) => {
    const held = new Map(found.map(({ mac, digest }) => [mac, digest]));
    const known = new Set(expected.map(({ mac }) => mac));
    return [
      ...expected
        .filter(({ mac, digest }) => !busy.has(mac) && held.get(mac) !== digest)
        .map(({ mac, machine }) => ({
          check,
          subject: `entry of ${machine} (${mac}) in router ${router}`,
          expected: 'there, as the machine is',
          found: (held.get(mac) ?? null) === null ? 'missing' : 'of other content',
        })),
      ...found
        .filter(({ mac }) => !busy.has(mac) && !known.has(mac))
        .map(({ mac }) => ({
          check,
          subject: `entry ${mac} in router ${router}`,
          expected: 'no such entry',
          found: 'there, and no machine of its pod has this card',
        })),
    ];
  });
}
