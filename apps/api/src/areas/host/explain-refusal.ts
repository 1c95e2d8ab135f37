// Why a machine could not be logged in to, as the person who adds it needs to hear it.
import { problem, type Problem } from '@strata/domain';
import { DriverError, type HostAddress } from '@strata/hypervisor';

export interface Refusal {
  readonly cause: string;
  readonly remedy: string;
}

/** Failures that trying again does not mend, each told apart; undefined for the others, which a saga may retry. */
export function explainRefusal(error: unknown, at: HostAddress): Problem | undefined {
  const refusal = refusalOf(error, at);
  return refusal && problem('unavailable', [refusal.cause, refusal.remedy].filter((text) => text !== '').join(': '), { cause: error });
}

export function refusalOf(error: unknown, { address, port, username, credential }: HostAddress): Refusal | undefined {
  if (!(error instanceof DriverError)) return undefined;
  switch (error.reason) {
    case 'nameNotResolved':
      return {
        cause: `the name ${address} does not resolve on the management server`,
        remedy: `correct it, add the host by its IP address, or on the management server: echo "<its IP address> ${address}" >> /etc/hosts`,
      };
    case 'connectionRefused':
      return {
        cause: `${address} refuses connections to port ${port}: no SSH server listens there or a firewall rejects it`,
        remedy: `on the host: systemctl enable --now ssh (sshd on the Red Hat family), and check with: ss -ltn sport = :${port}`,
      };
    case 'timedOut':
      return {
        cause: `${address} port ${port} does not answer: the host is down, the address is wrong or a firewall drops the packets`,
        remedy: `from the management server: ping ${address}; on the host: iptables -I INPUT 1 -p tcp --dport ${port} -j ACCEPT`,
      };
    case 'wrongCredentials':
      return credential.kind === 'password'
        ? {
            cause: `${address} does not accept this user name and password (user ${username})`,
            remedy: `correct them; for root the host's /etc/ssh/sshd_config needs "PermitRootLogin yes" while it is added`,
          }
        : {
            cause: `${address} does not accept the management key for user ${username}`,
            remedy: `give user name and password, or put the key into ~${username}/.ssh/authorized_keys and check with: sshd -T | grep -E "pubkeyauthentication|authorizedkeysfile"`,
          };
    case 'hostKeyChanged':
      return {
        cause: `${address} shows another SSH host key than when it was added`,
        remedy: 'either it was installed anew (delete the host and add it again) or another machine answers at its address',
      };
    default:
      return error.kind === 'refused' || error.kind === 'unsupported'
        ? {
            cause: `${address}: ${error.message}`,
            remedy: 'mend it on the host, then repeat; ./strata logs shows the whole answer of the host',
          }
        : undefined;
  }
}
