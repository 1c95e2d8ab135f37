// Inspects a machine that is a host already, and mounts its storage when it is fit.
import { type CheckResult, redChecks } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { HostServices } from '../../kernel/jobs/saga.ts';
import type { Settings } from '../../kernel/settings/settings.ts';
import type { HostConnection } from './host-drivers.ts';
import { inspect, type Inspection, judge } from './host-inspection.ts';
import { mountPools, poolsOf } from './host-mounts.ts';
import { mayEmulate } from './host-rows.ts';
import type { Host } from './host.entity.ts';
import { ownedMachineNames } from './owned-machine-names.ts';

interface Tools extends Pick<HostServices, 'config'> {
  readonly read: EntityManager;
  readonly settings: Settings;
}

export async function inspectAgain({ read, settings, config }: Tools, host: Host, connection: HostConnection): Promise<Inspection> {
  const facts = await inspect(connection);
  const inspection = await judge(read, facts, host.address, {
    podId: host.podId,
    clusterId: host.clusterId,
    guestBridge: host.guestBridge,
    emulationAllowed: mayEmulate(settings, config, host),
    hostId: host.id,
    ownedMachineNames: await ownedMachineNames(read, host.id),
  });
  const checks = inspection.checks.map((check) => ({ ...tolerate(check) }));
  if (redChecks(checks).length === 0) await mountPools(connection, await poolsOf(read, host));
  return { facts: inspection.facts, checks };
}

/** Machines of others on a host that serves already are listed with an alert of their own, and no reason to give the host up. */
function tolerate(check: CheckResult): CheckResult {
  return check.code === 'host.foreignMachines' && check.level === 'red' ? { ...check, level: 'amber' } : check;
}
