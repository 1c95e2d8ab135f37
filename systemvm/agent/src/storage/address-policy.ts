// Which addresses files may be fetched from: public ones, and internal ones that an administrator named; never this machine or its neighbours on the wire.
import { BlockList, isIP, isIPv4 } from 'node:net';
import { neverFetchedFrom, neverFetchedIpv4, neverFetchedIpv6 } from '@strata/domain';
import { AgentProblem } from '../agent-problem.ts';

const forbidden = listOf([...neverFetchedIpv4, ...neverFetchedIpv6]);

/** Not of the internet (IANA special-purpose registries): only when they were named. */
const internal = listOf([
  '10.0.0.0/8',
  '100.64.0.0/10',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '240.0.0.0/4',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  'fc00::/7',
]);

/** Addresses of the other family within them would pass as something else. */
const disguises = listOf(['::ffff:0:0/96', '64:ff9b::/96', '64:ff9b:1::/48', '2002::/16', '::/96']);

export class AddressPolicy {
  readonly #allowed: BlockList;

  /** @param sites subnets such as `10.0.0.0/8` */
  constructor(sites: readonly string[]) {
    this.#allowed = listOf(sites);
  }

  /** Throws `AgentProblem` with what an administrator can do. */
  check(address: string, host: string): void {
    const family = isIPv4(address) ? 'ipv4' : 'ipv6';
    const shown = host === address ? address : `${host} (${address})`;
    if (isIP(address) === 0) throw new AgentProblem('invalid', `${shown} is no address`);
    if (forbidden.check(address, family) || (family === 'ipv6' && disguises.check(address, family)))
      throw new AgentProblem('invalid', neverFetchedFrom(shown));
    if (internal.check(address, family) && !this.#allowed.check(address, family))
      throw new AgentProblem(
        'invalid',
        `${shown} is an internal address: nothing is fetched from there unless an administrator names its network in secstorage.allowed.internal.sites`,
      );
  }
}

function listOf(subnets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const subnet of subnets) {
    const [address = '', prefix = ''] = subnet.split('/');
    list.addSubnet(address, Number(prefix), isIPv4(address) ? 'ipv4' : 'ipv6');
  }
  return list;
}
