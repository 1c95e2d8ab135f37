// The management server's own checks: its machine, its database, its hosts.
import { check, type CheckResult, databaseChecks, managementChecks } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { inspectManagementServer } from '../../local-facts.ts';
import type { HostServices } from '../../kernel/jobs/saga.ts';

export async function checkServer({
  read,
  config,
}: { readonly read: EntityManager } & Pick<HostServices, 'config'>): Promise<CheckResult[]> {
  const variables = await read.query<{ Variable_name: string; Value: string }[]>('SHOW GLOBAL VARIABLES');
  return [
    ...managementChecks(await inspectManagementServer(config.dataFolder)),
    ...databaseChecks(Object.fromEntries(variables.map((row) => [row.Variable_name, row.Value]))),
    await hostStates(read),
  ];
}

async function hostStates(read: EntityManager): Promise<CheckResult> {
  const { green, red } = check('hosts.states', 'Hosts');
  const hosts = await read.query<{ name: string; state: string; reason: string }[]>(
    'SELECT name, state, state_reason AS reason FROM host WHERE ready ORDER BY id',
  );
  const away = hosts.filter(({ state }) => state !== 'Up');
  if (away.length === 0) return green(hosts.length === 0 ? 'none added yet' : `${hosts.length} Up`);
  return red(
    `${away.length} of ${hosts.length} not Up: ${away
      .slice(0, 5)
      .map(({ name, state }) => `${name} ${state}`)
      .join(', ')}${away.length > 5 ? ', …' : ''}`,
    away[0]!.reason || 'the host does not answer',
    `./strata doctor ${away[0]!.name} checks that host; a repaired host comes back by itself, or at once by reconnectHost`,
  );
}
