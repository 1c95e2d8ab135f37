// What the machine of the management server must be.
import { check, type CheckResult } from '../check.ts';
import { fqdnCheck } from '../host/fqdn-check.ts';
import { compareVersions } from '../version.ts';

const minimumNodeVersion = '24.0';

export interface ManagementFacts {
  readonly hostname: string;
  /** What `hostname --fqdn` prints, null when the name does not resolve. */
  readonly fqdn: string | null;
  readonly nodeVersion: string;
  readonly memoryMib: number;
  readonly dataFolder: string;
  readonly dataFreeBytes: number;
  readonly isDataWritable: boolean;
  /** Null when unknown. */
  readonly usesDhcp: boolean | null;
}

const gib = 2 ** 30;
const limits = { memoryMib: { red: 900, amber: 1900 }, dataBytes: { red: 1 * gib, amber: 5 * gib } } as const;

export function managementChecks(facts: ManagementFacts): CheckResult[] {
  return [fullName(facts), node(facts), memory(facts), dataFolder(facts), staticAddress(facts)];
}

/** CS-25: a warning here, because hosts reach the server by address. */
function fullName(facts: ManagementFacts): CheckResult {
  const result = fqdnCheck('management.fqdn', facts);
  return result.level === 'red' ? { ...result, level: 'amber' } : result;
}

function node(facts: ManagementFacts): CheckResult {
  const { green, red } = check('management.node', 'Node.js');
  if (compareVersions(facts.nodeVersion, minimumNodeVersion) >= 0) return green(facts.nodeVersion);
  return red(
    facts.nodeVersion,
    `Node.js ${facts.nodeVersion} is too old: ${minimumNodeVersion} or newer is needed`,
    'start the server by ./strata up, which brings its own Node.js',
  );
}

function memory(facts: ManagementFacts): CheckResult {
  const { green, amber, red } = check('management.memory', 'Memory');
  const measured = `${facts.memoryMib} MiB`;
  if (facts.memoryMib < limits.memoryMib.red)
    return red(measured, 'server and database do not fit in less than 1 GiB', 'give the machine 2 GiB of memory or more');
  if (facts.memoryMib < limits.memoryMib.amber)
    return amber(measured, 'less than 2 GiB: enough to try it, not for many hosts', 'give the machine 2 GiB of memory or more');
  return green(measured);
}

/** CS-24 */
function dataFolder(facts: ManagementFacts): CheckResult {
  const { green, amber, red } = check('management.dataFolder', 'Data folder');
  const measured = `${(facts.dataFreeBytes / gib).toFixed(1)} GiB free in ${facts.dataFolder}`;
  if (!facts.isDataWritable)
    return red(
      facts.dataFolder,
      'the server may not write to its data folder',
      `ls -ld ${facts.dataFolder}; choose another with --data DIR, or give it to the user of the server: chown -R $USER ${facts.dataFolder}`,
    );
  const remedy = `make room (df -h ${facts.dataFolder}), or choose a folder on a larger disk with --data DIR`;
  if (facts.dataFreeBytes < limits.dataBytes.red) return red(measured, 'less than 1 GiB is free: the database would stop soon', remedy);
  if (facts.dataFreeBytes < limits.dataBytes.amber) return amber(measured, 'less than 5 GiB are free', remedy);
  return green(measured);
}

/** CS-21 */
function staticAddress(facts: ManagementFacts): CheckResult {
  const { green, amber } = check('management.staticAddress', 'Fixed address');
  if (facts.usesDhcp === null) return green('how the address was set is not known');
  if (!facts.usesDhcp) return green('set by hand');
  return amber(
    'by DHCP',
    'the address comes from DHCP: when it changes, hosts and users no longer find the server',
    'set address, netmask, gateway and DNS by hand, or reserve the address in the DHCP server; after a change start the server with the new address: ./strata up --listen ADDRESS',
  );
}
