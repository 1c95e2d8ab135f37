// Reads what a host is, in three round trips that run side by side where they can.
import { randomBytes } from 'node:crypto';
import type { HostFacts } from '@strata/domain';
import { DriverError } from '../../driver-error.ts';
import { listMachinesCommand } from '../libvirt/virsh-output.ts';
import { script } from '../ssh/host-shell.ts';
import type { HostShell } from '../ssh/host-shell.ts';
import { parseInspection } from './inspection-output.ts';
import { inspectionScript, virtualisationProbe } from './inspection-script.ts';

const inspectionMs = 60_000;
const clockMs = 10_000;
const clockSamples = 3;

/** `now` is the management server's clock, in milliseconds since 1970. */
export async function inspectHost(shell: HostShell, hostKeySha256: string, now: () => number): Promise<HostFacts> {
  // First and alone: other work in flight would look like an offset.
  const clockOffsetMs = await measureClock(shell, now);
  const boundary = randomBytes(12).toString('hex');
  const [inspection, probe] = await Promise.all([
    shell.run({ argv: script(inspectionScript, boundary, listMachinesCommand), timeoutMs: inspectionMs }),
    shell.run({ argv: script(virtualisationProbe), timeoutMs: inspectionMs }),
  ]);
  if (inspection.exitCode !== 0)
    throw new DriverError('bug', `the host's inspection ended with status ${inspection.exitCode}: ${inspection.stderr.slice(0, 300)}`);
  const facts = parseInspection(inspection.stdout, boundary);
  return { ...facts, clockOffsetMs, hardwareVirtualisation: probe.exitCode === 0 && probe.stdout.trim() === 'yes', hostKeySha256 };
}

/** Takes the sample with the shortest round trip; the first also opens the session. */
async function measureClock(shell: HostShell, now: () => number): Promise<number> {
  let best = { tripMs: Infinity, offsetMs: 0 };
  for (let sample = 0; sample < clockSamples; sample++) {
    const sent = now();
    const { stdout } = await shell.run({ argv: ['date', '+%s%3N'], timeoutMs: clockMs });
    const tripMs = now() - sent;
    if (tripMs < best.tripMs) best = { tripMs, offsetMs: Number(stdout) - (sent + tripMs / 2) };
  }
  return Math.round(best.offsetMs);
}
