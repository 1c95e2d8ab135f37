// I3: what runs on hosts is what the rows say, each machine at most once.
import { listed } from '../lists.ts';
import type { Difference } from './difference.ts';

export interface MachineRow {
  readonly uuid: string;
  readonly instanceName: string;
  /** As its owner calls it. */
  readonly name: string;
  readonly state: string;
  /** The host it holds capacity on. */
  readonly host: string | null;
  /** A job works on it: it may be anywhere just now. */
  readonly isBusy: boolean;
}

export interface HostListing {
  readonly host: string;
  /** Undefined where the host could not be asked. */
  readonly machines?: readonly { readonly uuid: string; readonly name: string; readonly isRunning: boolean }[];
  /** Why it could not be asked. */
  readonly failure?: string;
}

const check = 'I3.machines';

export function compareMachines(rows: readonly MachineRow[], listings: readonly HostListing[]): Difference[] {
  const differences: Difference[] = [];
  const known = new Map(rows.map((row) => [row.uuid, row]));
  const runsOn = new Map<string, string[]>();
  const silent = new Set<string>();
  for (const { host, machines, failure } of listings) {
    if (!machines) {
      silent.add(host);
      differences.push({ check: 'hosts', subject: `host ${host}`, expected: 'it answers', found: failure ?? 'no answer' });
      continue;
    }
    for (const { uuid, name, isRunning } of machines) {
      const row = known.get(uuid);
      if (!row)
        differences.push({
          check,
          subject: `machine ${name} (${uuid})`,
          expected: 'known to the database',
          found: `${isRunning ? 'runs' : 'is defined'} on host ${host}, which nobody asked for`,
        });
      else if (isRunning) runsOn.set(uuid, [...(runsOn.get(uuid) ?? []), host]);
      if (row && row.instanceName !== name)
        differences.push({
          check,
          subject: subjectOf(row),
          expected: row.instanceName,
          found: `it is called ${name} on host ${host}`,
        });
    }
  }
  for (const row of rows) {
    if (row.isBusy) continue;
    const hosts = runsOn.get(row.uuid) ?? [];
    const expected = row.state === 'Running' && row.host !== null ? [row.host] : [];
    // What a silent host runs is not known.
    if (row.host !== null && silent.has(row.host) && hosts.length === 0) continue;
    if (hosts.length === expected.length && hosts.every((host) => expected.includes(host))) continue;
    differences.push({
      check,
      subject: subjectOf(row),
      expected: place(expected, row.state),
      found: place(hosts, undefined),
    });
  }
  return differences;
}

function subjectOf({ instanceName, name }: MachineRow): string {
  return `machine ${instanceName} (${name})`;
}

function place(hosts: readonly string[], state: string | undefined): string {
  if (hosts.length > 0) return `runs on ${listed(hosts)}`;
  return state === undefined || state === 'Running' ? 'runs on no host' : `runs on no host (${state})`;
}
