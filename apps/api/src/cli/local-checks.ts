// What the doctor can see without a server: this machine, its database, and an NFS export as this machine reaches it.
import { check, databaseChecks, managementChecks, nfsChecks, type CheckResult } from '@strata/domain';
import { probeNfsLocally } from '@strata/hypervisor';
import { inspectManagementServer, readDatabaseVariables } from '../local-facts.ts';
import type { DoctorTarget } from './doctor-targets.ts';
import type { Installation } from './terms.ts';

const wantedFreeBytes = 10 * 2 ** 30;

/**
 * Begins with the one thing that is wrong for certain: the server does not run, or can't do its work.
 * @param refusal what a server that runs said
 */
export async function checkThisMachine(
  target: DoctorTarget | undefined,
  installation: Installation,
  refusal?: string,
): Promise<CheckResult[]> {
  const { red } = check('management.server', 'Management server');
  const { dataOption: here } = installation;
  const server =
    refusal === undefined
      ? red('does not run', 'nothing answers on its local socket', `./strata up${here} starts it, ./strata logs${here} tells why it ended`)
      : red('runs, but refuses requests', refusal, `./strata up${here} starts what does not run`);
  if (target?.kind === 'nfs') return [server, ...nfsChecks(await probeNfsLocally(target.server, target.path), { wantedFreeBytes })];
  return [server, ...(await machine(installation)), ...(await database(installation))];
}

async function machine({ folder, dataOption }: Installation): Promise<CheckResult[]> {
  try {
    return managementChecks(await inspectManagementServer(folder));
  } catch (error) {
    return [
      check('management.dataFolder', 'Data folder').red(
        folder,
        `it cannot be read: ${(error as Error).message}`,
        `./strata up${dataOption} makes it`,
      ),
    ];
  }
}

async function database({ databaseUrl: url, dataOption }: Installation): Promise<CheckResult[]> {
  const { red } = check('database.reachable', 'Database');
  if (url === undefined)
    return [red('does not run', 'the embedded database is stopped', `./strata up${dataOption} starts it with the server`)];
  try {
    return databaseChecks(await readDatabaseVariables(url));
  } catch (error) {
    const { host } = new URL(url);
    return [red(host, `it does not let us in: ${(error as Error).message}`, 'start it, or correct STRATA_DATABASE_URL')];
  }
}
