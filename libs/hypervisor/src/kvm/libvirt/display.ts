// The display of a machine: finds where its VNC server listens on the host's loopback and opens a stream there.
import type { Duplex } from 'node:stream';
import { DriverError } from '../../driver-error.ts';
import type { MachineName } from '../../specs.ts';
import { checkMachineName } from '../host-strings.ts';
import type { SshConnection } from '../ssh/ssh-connection.ts';
import { virsh } from './machines.ts';
import { virshFailure } from './virsh-output.ts';

const askMs = 10_000;
/** Display `:0` of VNC (RFC 6143 section 1 leaves ports to convention). */
const firstVncPort = 5_900;

export async function openConsole(shell: SshConnection, name: MachineName): Promise<Duplex> {
  const asked = await shell.run({ argv: [...virsh, 'vncdisplay', checkMachineName(name)], timeoutMs: askMs });
  if (asked.exitCode !== 0) {
    // libvirt says the same of a machine that it knows and that does not run as of one without a display.
    if (/domain is not running|Failed to get VNC port/i.test(asked.stderr)) throw new DriverError('missing', `${name} does not run`);
    throw virshFailure(`tell the display of machine ${name}`, asked);
  }
  const place = parseDisplay(asked.stdout);
  if (place === undefined) throw new DriverError('missing', `${name} has no display on the host's loopback`);
  const stream = await shell.forward('127.0.0.1', place);
  // The display is over when the machine's side is.
  stream.once('end', () => stream.end());
  return stream;
}

/** The TCP port of what `virsh vncdisplay` prints, such as `127.0.0.1:0`; undefined for anything that does not listen on loopback alone. */
export function parseDisplay(output: string): number | undefined {
  const match = /^(?:127\.0\.0\.1|localhost):(\d{1,5})$/.exec(output.trim());
  return match ? firstVncPort + Number(match[1]) : undefined;
}
