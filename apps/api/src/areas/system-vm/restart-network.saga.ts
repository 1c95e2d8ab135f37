// Restarts a network: waits until every pod with guests has a router again where they were replaced, and tells them all they are to know.
import { setTimeout as sleep } from 'node:timers/promises';
import { problem, systemVmName } from '@strata/domain';
import { type HostsStep, saga } from '../../kernel/jobs/saga.ts';
import { Network } from '../network/network.entity.ts';
import { agentOf } from './agent-of.ts';
import { bringInLine } from './agent-steps.ts';
import { agentStartSeconds } from './system-vm.settings.ts';
import { getSystemVm } from './system-vm-rows.ts';
import { guestsOfPod, putGuests, servedCards } from '../router/router-guests.ts';

type Input = {
  readonly networkId: number;
  /** Routers that are being destroyed: others come for them. */
  readonly replaced: readonly number[];
};

const pauseMs = 1_000;
/** Beyond the start of a router: its former self is destroyed first. */
const destroyMs = 120_000;

export const restartRouters = saga<Input>('restartNetwork')
  .hosts('routers', restart)
  .rows('restarted', async ({ tx, input }) => {
    await tx.update(Network, { id: input.networkId }, { restartRequired: false });
  });

async function restart(step: HostsStep<Input, object>): Promise<void> {
  const { input, settings, clock } = step;
  const deadline = clock.monotonicMs() + settings.get(agentStartSeconds) * 1_000 + destroyMs;
  for (const podId of await podsOf(step)) {
    for (;;) {
      const router = await routerOf(podId, step);
      if (router?.state === 'Running' && !input.replaced.includes(router.id)) {
        await program(router.id, podId, step);
        break;
      }
      // Without cleanup nobody makes a router run that does not.
      if (input.replaced.length === 0) break;
      if (clock.monotonicMs() > deadline)
        throw problem(
          'unavailable',
          `the new router of the network does not run yet: ${router ? systemVmName('domainrouter', router.id) : 'none'} of pod ${podId}; listAlerts tells why`,
        );
      await sleep(pauseMs);
    }
  }
}

async function podsOf({ read, input }: HostsStep<Input, object>): Promise<number[]> {
  const rows = await read.query<{ podId: number }[]>(
    `SELECT DISTINCT r.pod_id AS podId FROM ${servedCards} WHERE n.network_id = ? AND r.pod_id IS NOT NULL AND n.ip IS NOT NULL`,
    [input.networkId],
  );
  return rows.map(({ podId }) => podId);
}

async function routerOf(podId: number, { read }: HostsStep<Input, object>): Promise<{ id: number; state: string } | undefined> {
  const rows = await read.query<{ id: number; state: string }[]>(
    "SELECT id, state FROM system_vm WHERE kind = 'domainrouter' AND pod_id = ? AND state <> 'Destroying' ORDER BY id DESC LIMIT 1",
    [podId],
  );
  return rows[0];
}

/** All of it again, whatever the router says it has. */
async function program(routerId: number, podId: number, step: HostsStep<Input, object>): Promise<void> {
  const vm = await getSystemVm(step.read, routerId);
  const { agent } = await agentOf(vm, step);
  await bringInLine(vm, agent, { configurationHash: null }, step);
  await putGuests(agent, await guestsOfPod(step.read, podId), step);
}
