// The machine's own packet filter: nothing comes in but SSH on the control card and what the role serves.
import { agentSshPort } from '@strata/domain';
import type { OpenPort } from './role.ts';
import { runTool } from './tool.ts';

/** For `nft -f`: replaces the whole table in one transaction. Reference: https://wiki.nftables.org */
export function firewallRules(open: readonly OpenPort[]): string {
  return [
    'table inet strata',
    'delete table inet strata',
    'table inet strata {',
    '  chain input {',
    '    type filter hook input priority filter; policy drop;',
    '    iifname "lo" accept',
    '    ct state established,related accept',
    '    icmp type echo-request limit rate 20/second accept',
    `    iifname "control" tcp dport ${agentSshPort} accept`,
    ...open.map(({ on, protocol, port }) => `    iifname "${on}" ${protocol} dport ${port} accept`),
    '  }',
    '  chain forward {',
    '    type filter hook forward priority filter; policy drop;',
    '  }',
    // The management server comes to the machine; nothing in the machine has business on the control network.
    '  chain output {',
    '    type filter hook output priority filter; policy accept;',
    '    oifname "control" ct state new drop',
    '  }',
    '}',
    '',
  ].join('\n');
}

export async function loadFirewall(open: readonly OpenPort[]): Promise<void> {
  await runTool('nft', ['-f', '-'], { input: firewallRules(open) });
}
