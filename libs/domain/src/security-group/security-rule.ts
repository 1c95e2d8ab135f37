// What a rule of a security group may say: protocol, ports or ICMP type, and who is at the other end.
import { problem } from '../errors.ts';
import { cidrOf, findIpv4, formatCidr } from '../network/ipv4.ts';
import { hasPorts, parseProtocol, type RuleProtocol } from './protocols.ts';

export type RuleDirection = 'ingress' | 'egress';

/** Which packets a rule lets through, whoever is at the other end. */
export interface RuleTraffic {
  readonly protocol: RuleProtocol;
  /** First and last destination port; null where the protocol has none. */
  readonly startPort: number | null;
  readonly endPort: number | null;
  /** -1 stands for every type or code; null where the protocol is not ICMP. */
  readonly icmpType: number | null;
  readonly icmpCode: number | null;
}

export interface RuleTrafficParams {
  readonly protocol?: string | undefined;
  readonly startport?: number | undefined;
  readonly endport?: number | undefined;
  readonly icmptype?: number | undefined;
  readonly icmpcode?: number | undefined;
}

/** @throws invalid that names the parameter and what is possible */
export function parseRuleTraffic(params: RuleTrafficParams): RuleTraffic {
  const protocol = parseProtocol(params.protocol ?? 'all');
  const traffic = { protocol, startPort: null, endPort: null, icmpType: null, icmpCode: null };
  if (protocol === 'icmp') return { ...traffic, ...icmpOf(params) };
  if (hasPorts(protocol)) return { ...traffic, ...portsOf(params, protocol) };
  if (params.startport !== undefined || params.endport !== undefined)
    throw problem(
      'invalid',
      `parameters startport and endport need protocol TCP or UDP, and it is ${protocol.toUpperCase()}: leave them out`,
    );
  return traffic;
}

function portsOf({ startport, endport }: RuleTrafficParams, protocol: RuleProtocol): Pick<RuleTraffic, 'startPort' | 'endPort'> {
  const startPort = startport ?? endport;
  const endPort = endport ?? startport;
  if (startPort === undefined || endPort === undefined)
    throw problem('invalid', `parameters startport and endport are missing: protocol ${protocol.toUpperCase()} needs them`);
  for (const [name, port] of [
    ['startport', startPort],
    ['endport', endPort],
  ] as const)
    if (!Number.isInteger(port) || port < 0 || port > 65_535)
      throw problem('invalid', `parameter ${name} is ${port}: a port from 0 to 65535 is expected`);
  if (startPort > endPort)
    throw problem('invalid', `parameter startport is ${startPort} and endport ${endPort}: the first port must not be above the last`);
  return { startPort, endPort };
}

function icmpOf({ icmptype = -1, icmpcode = -1 }: RuleTrafficParams): Pick<RuleTraffic, 'icmpType' | 'icmpCode'> {
  for (const [name, value] of [
    ['icmptype', icmptype],
    ['icmpcode', icmpcode],
  ] as const)
    if (!Number.isInteger(value) || value < -1 || value > 255)
      throw problem('invalid', `parameter ${name} is ${value}: -1 (every one) or 0 to 255 is expected`);
  if (icmptype === -1 && icmpcode !== -1)
    throw problem('invalid', `parameter icmpcode is ${icmpcode}, and codes belong to a type: send icmptype with it`);
  return { icmpType: icmptype, icmpCode: icmpcode };
}

/** The subnets of a `cidrlist`, each once, in the spelling that is stored; an address alone stands for itself. @throws invalid */
export function parseRuleCidrs(list: readonly string[]): string[] {
  return [...new Set(list.map((text) => parseRuleCidr(text.trim())))];
}

function parseRuleCidr(text: string): string {
  const [addressText = '', prefixText = '32', ...rest] = text.split('/');
  const address = findIpv4(addressText);
  if (address === undefined || rest.length > 0 || !/^(3[0-2]|[12]?[0-9])$/.test(prefixText))
    throw problem('invalid', `parameter cidrlist names "${text}": a subnet such as 10.1.1.0/24, or 0.0.0.0/0 for everybody, is expected`);
  // Set bits after the prefix are a common slip and change nothing about who is meant.
  return formatCidr(cidrOf(address, Number(prefixText)));
}
