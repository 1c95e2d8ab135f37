// How sshd is set up: the management server's key, on the control card, to forward streams.
import { writeFile } from 'node:fs/promises';
import { agentSshPort, managementSocketPath } from '@strata/domain';
import type { SystemVmBootData } from '@strata/domain';

/** Reference: sshd_config(5) of OpenSSH 9.2. */
export function sshdConfig(controlIp: string, runFolder: string): string {
  return [
    `ListenAddress ${controlIp}:${agentSshPort}`,
    'AddressFamily inet',
    'HostKey /etc/ssh/ssh_host_ed25519_key',
    `AuthorizedKeysFile ${runFolder}/authorized_keys`,
    'AuthenticationMethods publickey',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'AllowUsers root',
    'UsePAM no',
    'UseDNS no',
    'AllowAgentForwarding no',
    'X11Forwarding no',
    'PermitTunnel no',
    // Both ways: the agent's socket from outside, the management server's into the machine. sshd refuses it to whoever may not forward TCP.
    'AllowTcpForwarding yes',
    'AllowStreamLocalForwarding yes',
    'LogLevel ERROR',
    // A connection that was cut leaves its socket behind; the next one takes its place.
    'StreamLocalBindUnlink yes',
    'StreamLocalBindMask 0177',
    'ClientAliveInterval 15',
    'ClientAliveCountMax 4',
    'MaxStartups 20:30:60',
    'MaxSessions 200',
    'LoginGraceTime 60',
    'PrintMotd no',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

/** The start script of sshd waits for `sshd_config`, which is therefore written last. */
export async function setUpSshServer(boot: SystemVmBootData, runFolder: string): Promise<void> {
  const control = boot.nics.find((nic) => nic.purpose === 'control');
  if (control === undefined) throw new Error(`${managementSocketPath} needs a control card`);
  await writeFile(`${runFolder}/authorized_keys`, `${boot.authorizedKey}\n`, { mode: 0o600 });
  await writeFile(`${runFolder}/sshd_config`, sshdConfig(control.ip, runFolder));
}
