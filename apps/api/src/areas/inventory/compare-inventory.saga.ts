// Looks at database, hosts and storage and answers where they disagree. A difference counts when two looks show it.
import { setTimeout as sleep } from 'node:timers/promises';
import {
  compareCapacity,
  compareAddresses,
  compareConsoles,
  compareFiles,
  compareFilters,
  compareJobs,
  compareMachines,
  compareMacs,
  compareMounts,
  compareRouters,
  compareStates,
  type Difference,
  lasting,
} from '@strata/domain';
import { type HostsStep, saga } from '../../kernel/jobs/saga.ts';
import { lookAtFiles } from './look-at-files.ts';
import { lookAtFilters } from './look-at-filters.ts';
import { lookAtHosts } from './look-at-hosts.ts';
import { lookAtRouters } from './look-at-routers.ts';
import { readAddresses } from './read-addresses.ts';
import { readCapacityLeftovers, readPromises } from './read-capacity.ts';
import { readConsoles } from './read-consoles.ts';
import { readJobs } from './read-jobs.ts';
import { readMachines } from './read-machines.ts';
import { readTransitional } from './read-transitional.ts';

/** What is on its way at the first look has arrived by the second. */
const settleMs = 1_500;
/** More than anyone reads. */
const listed = 5_000;

export const compareInventory = saga<Record<string, never>>('verifyInventory')
  .hosts('comparison', async (step) => {
    const first = await compare(step);
    if (first.length === 0) return { differences: [] };
    await sleep(settleMs);
    return { differences: cut(lasting(first, await compare(step))) };
  })
  .rows('told', async ({ out, keepResult }) => {
    await keepResult({ list: out.comparison.differences });
  });

async function compare({ read, drivers, clock, settings, job }: HostsStep<Record<string, never>, object>): Promise<Difference[]> {
  const hosts = await lookAtHosts(read, drivers);
  const storages = await lookAtFiles(read, drivers, hosts);
  const { addresses, nics, ranges } = await readAddresses(read);
  return [
    ...compareJobs((await readJobs(read, clock)).filter(({ uuid }) => uuid !== job.uuid)),
    ...compareStates(await readTransitional(read)),
    ...compareMachines(await readMachines(read), hosts.listings),
    ...storages.flatMap(({ check, name, expected, found, failure }) =>
      found
        ? compareFiles(check, name, expected, found)
        : [{ check, subject: name, expected: 'its files can be listed', found: failure ?? 'no host reaches it' }],
    ),
    ...compareFilters(await lookAtFilters(read, drivers, hosts.answering)),
    ...compareRouters(await lookAtRouters(read, drivers)),
    ...compareMounts(hosts.mounts, hosts.knownMounts),
    ...compareAddresses(addresses, nics, ranges),
    ...compareMacs(nics),
    ...compareConsoles(await readConsoles(read, { clock, settings })),
    ...compareCapacity(await readPromises(read)),
    ...(await readCapacityLeftovers(read)),
  ];
}

function cut(differences: readonly Difference[]): Difference[] {
  if (differences.length <= listed) return [...differences];
  return [
    ...differences.slice(0, listed),
    { check: 'more', subject: 'this list', expected: `${differences.length} differences`, found: `the first ${listed}` },
  ];
}
