// Which simulated hosts exist and what they are, by their address alone: `sim-<n>[-trait…].<domain>` or any address of the simulated network.
import { hash } from 'node:crypto';
import { BlockList, isIP } from 'node:net';

/** Words in a host's name and what each makes of the host; docs/how-to/simulator.md lists the same. */
export const hostTraits = [
  'nolibvirt',
  'oldlibvirt',
  'noqemu',
  'novt',
  'arm',
  'guests',
  'nobridge',
  'unpinned',
  'clock',
  'nonfs',
  'nofqdn',
  'dhcp',
  'notroot',
  'closed',
  'silent',
] as const;

export type HostTrait = (typeof hostTraits)[number];

export interface HostSize {
  readonly cpuCores: number;
  readonly cpuMhz: number;
  readonly memoryMib: number;
}

/** Shared by all hosts alike: a host without traits costs no profile of its own. */
export interface HostProfile extends HostSize {
  readonly traits: ReadonlySet<HostTrait>;
}

const defaultHostSize: HostSize = { cpuCores: 16, cpuMhz: 2_600, memoryMib: 64 * 1024 };

const hostName = /^sim-\d+((?:-[a-z0-9]+)*)\.[a-z0-9.-]+$/;
const knownTraits = new Set<string>(hostTraits);

export class HostRules {
  readonly #network = new BlockList();
  readonly #profiles = new Map<string, HostProfile>([['', { ...defaultHostSize, traits: new Set() }]]);

  /** `network` as CIDR, such as 198.18.0.0/15. */
  constructor(network: string) {
    const [address = '', prefix = ''] = network.split('/');
    this.#network.addSubnet(address, Number(prefix), isIP(address) === 6 ? 'ipv6' : 'ipv4');
  }

  /** Undefined where no simulated host has this address. */
  find(address: string): HostProfile | undefined {
    if (this.hasAddress(address)) return this.#profile('');
    const match = hostName.exec(address);
    return match === null ? undefined : this.#profile(match[1] ?? '');
  }

  hasAddress(address: string): boolean {
    const version = isIP(address);
    return version !== 0 && this.#network.check(address, version === 6 ? 'ipv6' : 'ipv4');
  }

  /** A word that is neither trait nor size names no host, so that a misspelt fault is noticed. */
  #profile(suffix: string): HostProfile | undefined {
    const known = this.#profiles.get(suffix);
    if (known !== undefined) return known;
    const size = { ...defaultHostSize };
    const traits = new Set<HostTrait>();
    for (const word of suffix.slice(1).split('-')) {
      const [, count, unit] = /^(\d{1,4})(c|g)$/.exec(word) ?? [];
      if (unit === 'c') size.cpuCores = Number(count);
      else if (unit === 'g') size.memoryMib = Number(count) * 1024;
      else if (knownTraits.has(word)) traits.add(word as HostTrait);
      else return undefined;
    }
    const profile = { ...size, traits };
    this.#profiles.set(suffix, profile);
    return profile;
  }
}

/** What `ssh-keygen -l` would print for the host: fixed by the address. */
export function hostKeyOf(address: string): string {
  return hash('sha256', `simulated host key of ${address}`, 'base64').slice(0, 43);
}

/** A uuid that follows from a text, for machines that exist by rule. */
export function uuidFrom(text: string): string {
  const hex = hash('sha256', text);
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
