// Brings what was registered or uploaded into secondary storage: tells the zones' machines, and writes down how far they are.
import { Problem } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import { reconciler, type ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import { agentOfStorageVm, isAtWork, readStorageVms, type StorageVm, whyIdle } from './storage-vm.ts';
import { StoreTransfer } from './store-transfer.entity.ts';
import { dropExpiredLinks, syncLinks } from './sync-links.ts';
import { syncTransfers, wait } from './sync-transfers.ts';
import { endStrays } from './tidy-stores.ts';

export const templateDownloadReconciler = reconciler({
  name: 'template-download',
  about: 'Has secondary-storage VMs fetch what was registered, notes their progress, and keeps links to files alive until they expire.',
  everyMs: 3_000,
  async run(ctx) {
    await dropExpiredLinks(ctx);
    const zones = await busyZones(ctx);
    if (zones.length === 0) return;
    const machines = await readStorageVms(ctx.read);
    for (const zoneId of zones) await serveZone(ctx, zoneId, machines.get(zoneId));
  },
});

/** Zones in which anything is to be done. */
async function busyZones({ read }: ReconcilerContext): Promise<number[]> {
  const rows = await read.query<{ zoneId: number }[]>(
    'SELECT zone_id AS zoneId FROM store_transfer UNION SELECT zone_id FROM store_link ORDER BY zoneId',
  );
  return rows.map(({ zoneId }) => zoneId);
}

async function serveZone(ctx: ReconcilerContext, zoneId: number, vm: StorageVm | undefined): Promise<void> {
  if (!isAtWork(vm)) return waitAll(ctx, zoneId, whyIdle(vm));
  try {
    const agent = await agentOfStorageVm(vm, ctx.read, ctx.drivers);
    await syncTransfers(ctx, agent, vm);
    await syncLinks(ctx, agent, vm);
    await endStrays(agent, zoneId, ctx.read);
  } catch (error) {
    if (error instanceof Problem && error.kind === 'bug') throw error;
    if (!(error instanceof Problem || error instanceof DriverError)) throw error;
    await waitAll(ctx, zoneId, `waiting for the secondary storage VM: ${error.message}`);
  }
}

async function waitAll(ctx: ReconcilerContext, zoneId: number, why: string): Promise<void> {
  for (const transfer of await ctx.read.findBy(StoreTransfer, { zoneId })) await wait(ctx, transfer, why);
}
