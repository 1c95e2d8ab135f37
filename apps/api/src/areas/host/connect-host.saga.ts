// Connects to a host anew: a fresh connection, all checks, its storage mounted, its capacity as found.
import { hostLifecycle } from '@strata/domain';
import { transition } from '../../kernel/db/transition.ts';
import { AlertStore } from '../../kernel/events/alert-store.ts';
import { saga } from '../../kernel/jobs/saga.ts';
import { explainRefusal } from './explain-refusal.ts';
import { alertCauses } from './host-alerts.ts';
import { assertFit } from './host-inspection.ts';
import { enterUp, getHost, tellWarnings } from './host-rows.ts';
import { Host } from './host.entity.ts';
import { inspectAgain } from './inspect-again.ts';

export const connectHost = saga<{ hostId: number }>('reconnectHost')
  .rows(
    'connecting',
    async ({ tx, input }) => {
      const host = await getHost(tx, input.hostId);
      if (host.state !== 'Connecting') await transition(tx, Host, host, hostLifecycle, 'connectRequested');
    },
    // The health check says soon what the host really is.
    async ({ tx, input, clock }) => {
      const host = await getHost(tx, input.hostId);
      if (host.state === 'Connecting') await transition(tx, Host, host, hostLifecycle, 'unreachable', { disconnectedAt: clock.now() });
    },
  )
  .hosts('inspection', async (step) => {
    await step.drivers.forget(step.input.hostId);
    const connection = await step.drivers.for(step.input.hostId);
    try {
      const inspection = await inspectAgain(step, await getHost(step.read, step.input.hostId), connection);
      assertFit(connection.address.address, inspection.checks);
      return inspection;
    } catch (error) {
      throw explainRefusal(error, connection.address) ?? error;
    }
  })
  .rows('up', async ({ tx, input, out, clock, events }) => {
    const host = await getHost(tx, input.hostId);
    if (host.state !== 'Up') {
      await enterUp(tx, host, out.inspection);
      tellWarnings(events, 'HOST.RECONNECT', host, out.inspection.checks);
    }
    const alerts = new AlertStore(tx, clock);
    for (const cause of alertCauses(host.uuid)) await alerts.clear(cause);
  });
