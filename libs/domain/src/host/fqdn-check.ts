// The full name of a machine, asked of hosts and of the management server alike (CS-25).
import { check, type CheckResult } from '../check.ts';
import { isFullyQualified } from '../network/host-names.ts';

/** `fqdn` is what `hostname --fqdn` prints, null when the name does not resolve. */
export function fqdnCheck(code: string, machine: { readonly hostname: string; readonly fqdn: string | null }): CheckResult {
  const { green, red } = check(code, 'Full host name');
  const short = machine.hostname.split('.')[0] || 'kvm1';
  if (machine.fqdn === null) {
    return red(
      `host name ${machine.hostname}, which does not resolve`,
      `the name ${machine.hostname} does not resolve on the machine itself: neither /etc/hosts nor the DNS knows it`,
      `as root: echo "<its IP address> ${short}.example.org ${short}" >> /etc/hosts; then hostname --fqdn must print ${short}.example.org (with your domain)`,
    );
  }
  if (!isFullyQualified(machine.fqdn)) {
    return red(
      `hostname --fqdn prints ${machine.fqdn || 'nothing'}`,
      `the host name has no domain: ${machine.fqdn || machine.hostname} resolves, but is not a full name`,
      `as root: put the full name first in the machine's line of /etc/hosts, "<its IP address> ${short}.example.org ${short}" (with your domain), before the short one; then check with hostname --fqdn`,
    );
  }
  return green(machine.fqdn);
}
