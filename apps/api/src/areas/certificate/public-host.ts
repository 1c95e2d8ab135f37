// How browsers name the system machines that serve them.
export const plainPort = 80;
export const tlsPort = 443;

const domainPattern = /^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/i;

/** @param domain fixed, `*.suffix` by address, or none */
export function publicHost(ip: string, domain: string | undefined): string {
  if (!domain) return ip;
  return domain.startsWith('*.') ? `${ip.replaceAll('.', '-')}${domain.slice(1)}` : domain;
}

/** Of settings that name a domain: what is wrong with the value. */
export function refuseUnlessDomain(value: string): string | undefined {
  return value === '' || domainPattern.test(value)
    ? undefined
    : 'a domain name such as console.example.com or *.example.com is expected, or nothing';
}
