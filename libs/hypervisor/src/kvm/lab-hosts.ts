// The real hosts of the lab, as the lab's own command line names them; only for lab specs.
import { execFileSync } from 'node:child_process';
import { readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { HostAddress, MountSpec } from '../specs.ts';

const labProgram = join(import.meta.dirname, '../../../../lab/lab');

/** Runs `lab/lab` on the data folder that STRATA_LAB_DATA names, else on the lab's default; throws with its output when it fails. */
export function lab(command: string, ...parameters: readonly string[]): string {
  const data = process.env['STRATA_LAB_DATA'];
  return execFileSync(labProgram, [command, ...(data === undefined ? [] : ['--data', data]), ...parameters], { encoding: 'utf8' });
}

export type LabValues = Readonly<Record<string, string>>;

/** What `lab/lab env` prints; throws when no lab is up, so that a lab spec never passes without one. */
export function labValues(): LabValues {
  try {
    lab('status');
  } catch (cause) {
    throw new Error('the lab is not up: start it with ./strata lab up (STRATA_LAB_DATA names its data folder)', { cause });
  }
  const lines = lab('env').trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
}

export function labValue(values: LabValues, name: string): string {
  const value = values[name];
  if (value === undefined || value === '') throw new Error(`the lab does not tell ${name}`);
  return value;
}

export function labHost(values: LabValues, name: 'kvm1' | 'kvm2'): HostAddress {
  return {
    key: `lab-${name}`,
    address: labValue(values, `LAB_${name.toUpperCase()}_ADDRESS`),
    port: 22,
    username: labValue(values, 'LAB_USER'),
    credential: { kind: 'password', password: labValue(values, 'LAB_PASSWORD') },
    hostKeySha256: null,
  };
}

export function labExport(values: LabValues, uuid: string, path: string): MountSpec {
  return { uuid, server: labValue(values, 'LAB_NFS_SERVER'), path };
}

/** Kills every sshd process of the host that serves root's connections, but the one that this script came by. */
const cutScript = `listener=$(ps -o ppid= -p $PPID | tr -d ' ')
for served in $(pgrep -P "$listener"); do
  [ "$served" = "$PPID" ] || kill -KILL "$served"
done
exit 0`;

/** Ends the connections to one host without a word, as when its sshd is killed or its connection tracking forgets them. */
export function cutConnections(name: 'kvm1' | 'kvm2'): void {
  lab('ssh', name, cutScript);
}

const repository = join(import.meta.dirname, '../../../..');
/** Where builds of the system VM template for tests are kept, so that only changed sources make a new one. */
const imageCache = join(tmpdir(), 'strata-systemvm-for-tests');

/** The system VM template that STRATA_SYSTEMVM_IMAGE names, or one built of these sources. */
export function systemVmImage(): string {
  const given = process.env['STRATA_SYSTEMVM_IMAGE'];
  if (given !== undefined) return realpathSync(given);
  execFileSync(join(repository, 'strata'), ['systemvm', 'build', '--data', imageCache], { stdio: ['ignore', 'ignore', 'inherit'] });
  const { file } = JSON.parse(readFileSync(join(imageCache, 'systemvm', 'systemvm.json'), 'utf8')) as { file: string };
  return join(imageCache, 'systemvm', file);
}
