// Rules that let traffic from public addresses through to virtual machines.
import { area } from '../../kernel/area.ts';
import { listIpForwardingRules } from './list-ip-forwarding-rules.command.ts';
import { listPortForwardingRules } from './list-port-forwarding-rules.command.ts';

export const firewallArea = area({ name: 'firewall', commands: [listPortForwardingRules, listIpForwardingRules] });
