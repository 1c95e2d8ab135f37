// I9: guests' cards hang on their bridges, and hosts filter them as the rows say, and filter nothing else.
import { guestTapPrefix } from '../network/guest-tap.ts';
import type { Difference } from './difference.ts';

export interface HostFilters {
  readonly host: string;
  /** Of the cards of machines that run there, by the rows. */
  readonly expected: readonly { readonly tap: string; readonly machine: string; readonly bridge: string; readonly digest: string }[];
  /** No digest: changed by somebody else since it was loaded. */
  readonly filters: readonly { readonly tap: string; readonly digest: string | undefined }[];
  readonly ports: readonly { readonly bridge: string; readonly port: string }[];
  /** Cards of machines that jobs work on: they may be there or not. */
  readonly busy: ReadonlySet<string>;
}

const [filterCheck, portCheck] = ['I9.filters', 'I9.cards'] as const;

export function compareFilters(hosts: readonly HostFilters[]): Difference[] {
  return hosts.flatMap((host) => [...loadedFilters(host), ...pluggedCards(host)]);
}

function loadedFilters({ host, expected, filters, busy }: HostFilters): Difference[] {
  const loaded = new Map(filters.map(({ tap, digest }) => [tap, digest]));
  const known = new Set(expected.map(({ tap }) => tap));
  return [
    ...expected.flatMap(({ tap, machine, digest }) => {
      if (busy.has(tap) || loaded.get(tap) === digest) return [];
      const found = !loaded.has(tap) ? 'not loaded' : loaded.get(tap) === undefined ? 'changed by somebody else' : 'of other rules';
      return [
        {
          check: filterCheck,
          subject: `filter of ${machine} (${tap}) on host ${host}`,
          expected: 'loaded as its security groups say',
          found,
        },
      ];
    }),
    ...filters.flatMap(({ tap }) =>
      busy.has(tap) || known.has(tap)
        ? []
        : [
            {
              check: filterCheck,
              subject: `filter ${tap} on host ${host}`,
              expected: 'no such filter',
              found: 'loaded, and no machine there has this card',
            },
          ],
    ),
  ];
}

function pluggedCards({ host, expected, ports, busy }: HostFilters): Difference[] {
  const plugged = new Map(ports.map(({ bridge, port }) => [port, bridge]));
  const known = new Set(expected.map(({ tap }) => tap));
  return [
    ...expected.flatMap(({ tap, machine, bridge }) => {
      const found = plugged.get(tap);
      if (busy.has(tap) || found === bridge) return [];
      return [
        {
          check: portCheck,
          subject: `card of ${machine} (${tap}) on host ${host}`,
          expected: `on bridge ${bridge}`,
          found: found === undefined ? 'on no bridge' : `on bridge ${found}`,
        },
      ];
    }),
    ...ports.flatMap(({ bridge, port }) =>
      !port.startsWith(guestTapPrefix) || busy.has(port) || known.has(port)
        ? []
        : [
            {
              check: portCheck,
              subject: `interface ${port} on host ${host}`,
              expected: 'no such interface',
              found: `on bridge ${bridge}, and no machine there has this card`,
            },
          ],
    ),
  ];
}
