// A cloud on the simulator whose zone runs its system machines.
import { setTimeout as sleep } from 'node:timers/promises';
import type { ServerConfig } from '../../src/config.ts';
import type { Body, Params } from './api-client.ts';
import type { BasicZoneOptions } from './basic-zone.ts';
import { type Cloud, startCloud } from './cloud.ts';

export const systemVmKinds = ['consoleproxy', 'secondarystoragevm'] as const;

/** The zone's system machines have just come up. */
export async function startCloudWithSystemVms(
  options: BasicZoneOptions & { readonly config?: Partial<ServerConfig> } = {},
): Promise<Cloud> {
  const cloud = await startCloud({ ...options, systemVms: true });
  await systemVmsUp(cloud);
  return cloud;
}

export async function wantSystemVms({ server, zone }: Pick<Cloud, 'server' | 'zone'>, wanted: boolean): Promise<void> {
  await server.admin.call('updateConfiguration', { name: 'system.vms', value: String(wanted), zoneid: zone.zoneId });
  await server.runtime.schedule.wake('system-vm');
}

export async function systemVms({ server }: Pick<Cloud, 'server'>, params: Params = {}): Promise<Body[]> {
  return server.admin.list('listSystemVms', params);
}

/** Waits until the zone has exactly one machine of each kind, Running with its agent Up. @throws Error that shows what there is instead */
export async function systemVmsUp(cloud: Pick<Cloud, 'server'>, timeoutMs = 20_000): Promise<Body[]> {
  return until(
    cloud,
    (machines) => {
      const up = machines.filter(({ state, agentstate }) => state === 'Running' && agentstate === 'Up');
      return (
        machines.length === systemVmKinds.length && systemVmKinds.every((kind) => up.some(({ systemvmtype }) => systemvmtype === kind))
      );
    },
    timeoutMs,
  );
}

/** Lets the reconciler work until the machines are as they should be. @throws Error that shows how they are instead */
export async function until(
  cloud: Pick<Cloud, 'server'>,
  isRight: (machines: readonly Body[]) => boolean,
  timeoutMs = 20_000,
): Promise<Body[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const machines = await systemVms(cloud);
    if (isRight(machines)) return machines;
    if (performance.now() > deadline) {
      const alerts = await cloud.server.admin.list('listAlerts');
      throw new Error(`system machines: ${JSON.stringify(machines)}; alerts: ${JSON.stringify(alerts)}`);
    }
    await cloud.server.runtime.schedule.wake('system-vm');
    await sleep(50);
  }
}
