// The rules of the machine's own packet filter, and how its SSH server is set up.
import { describe, expect, it } from 'vitest';
import { firewallRules } from './firewall.ts';
import { sshdConfig } from './ssh-server.ts';

const accepts = (rules: string): string[] =>
  rules
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.endsWith('accept') && line.includes('dport'));

describe('firewallRules', () => {
  it('lets nothing in but SSH on the control card', () => {
    const rules = firewallRules([]);
    expect(rules).toContain('type filter hook input priority filter; policy drop;');
    expect(rules).toContain('type filter hook forward priority filter; policy drop;');
    expect(rules).toContain('oifname "control" ct state new drop');
    expect(accepts(rules)).toEqual(['iifname "control" tcp dport 3922 accept']);
  });

  it('opens the ports of a role on their cards, in place of those before', () => {
    const rules = firewallRules([
      { protocol: 'udp', port: 67, on: 'guest' },
      { protocol: 'tcp', port: 443, on: 'management' },
    ]);
    expect(rules.startsWith('table inet strata\ndelete table inet strata\n')).toBe(true);
    expect(accepts(rules)).toEqual([
      'iifname "control" tcp dport 3922 accept',
      'iifname "guest" udp dport 67 accept',
      'iifname "management" tcp dport 443 accept',
    ]);
  });
});

describe('sshdConfig', () => {
  const lines = sshdConfig('169.254.3.4', '/run/strata').split('\n');

  it.each([
    'ListenAddress 169.254.3.4:3922',
    'AuthorizedKeysFile /run/strata/authorized_keys',
    'AuthenticationMethods publickey',
    'PasswordAuthentication no',
    'AllowStreamLocalForwarding yes',
    'StreamLocalBindUnlink yes',
  ])('says %s', (line) => expect(lines).toContain(line));

  it('listens nowhere else', () => expect(lines.filter((line) => /^(ListenAddress|Port) /.test(line))).toHaveLength(1));
});
