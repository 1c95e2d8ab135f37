// Makes the transfers of a zone and those that its secondary-storage machine works at agree: asks for what is missing, notes how far the rest is.
import { Problem, type TransferReport } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import type { ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import { ImageStore } from '../image-store/image-store.entity.ts';
import type { Agent } from '../system-vm/system-vm-role.ts';
import { configureStorageVm } from './configure-storage-vm.ts';
import { arrived, failed, type Progress, progressed } from './settle-transfer.ts';
import type { StorageVm } from './storage-vm.ts';
import { uploadWindowMinutes } from './store-transfer.settings.ts';
import { StoreTransfer } from './store-transfer.entity.ts';
import { capsOf } from './transfer-caps.ts';

export async function syncTransfers(ctx: ReconcilerContext, agent: Agent, vm: StorageVm): Promise<void> {
  const report = await agent.call('storage.report', {});
  const known = new Map(report.transfers.map((transfer) => [transfer.id, transfer]));
  const transfers = await ctx.read.find(StoreTransfer, { where: { zoneId: vm.zoneId }, order: { id: 'ASC' } });
  const isNew = ({ uuid }: StoreTransfer) => (known.get(uuid)?.state ?? 'paused') === 'paused';
  if (transfers.some(isNew)) await configureStorageVm(vm, agent, ctx);
  for (const transfer of transfers) {
    const seen = known.get(transfer.uuid);
    if (seen && seen.state !== 'paused') await note(ctx, agent, vm, transfer, seen);
    else if (transfer.kind === 'download') await begin(ctx, agent, vm, transfer);
    else await expire(ctx, vm, transfer);
  }
}

/** Asked again of a machine that replaced another, it goes on where that one was. */
async function begin(ctx: ReconcilerContext, agent: Agent, vm: StorageVm, transfer: StoreTransfer): Promise<void> {
  const store = await ctx.read.findOneBy(ImageStore, { id: transfer.storeId });
  if (!store) return ctx.transaction(({ tx }) => failed(tx, transfer, 'the secondary storage was removed'));
  const { uuid: id, url, path, format, checksum } = transfer;
  try {
    await agent.call('storage.download', { id, url, store: store.uuid, path, format, checksum, caps: capsOf(transfer, ctx.settings) });
  } catch (error) {
    if (!(error instanceof DriverError) || error.kind === 'unreachable') throw error;
    if (error.kind === 'refused') return ctx.transaction(({ tx }) => failed(tx, transfer, error.message));
    return wait(ctx, transfer, error.message);
  }
  if (transfer.waiting !== '' || transfer.systemVmId !== vm.id)
    await ctx.transaction(({ tx }) => tx.update(StoreTransfer, { id: transfer.id }, { waiting: '', systemVmId: vm.id }));
}

/** Says why nothing goes on; written only when it is news. */
export async function wait(ctx: ReconcilerContext, transfer: StoreTransfer, waiting: string): Promise<void> {
  if (transfer.waiting === waiting) return;
  await ctx.transaction(({ tx }) => tx.update(StoreTransfer, { id: transfer.id }, { waiting: waiting.slice(0, 1_024), bytesPerSecond: 0 }));
}

async function note(ctx: ReconcilerContext, agent: Agent, vm: StorageVm, transfer: StoreTransfer, seen: TransferReport): Promise<void> {
  const { state, image, message } = seen;
  if (state === 'done' && image) {
    try {
      await ctx.transaction(({ tx }) => arrived(tx, transfer, image));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      await ctx.transaction(({ tx }) => failed(tx, transfer, error.message));
    }
  } else if (state === 'failed') {
    await ctx.transaction(({ tx }) => failed(tx, transfer, message || 'it failed'));
  } else {
    const progress: Progress = {
      systemVmId: vm.id,
      bytesDone: seen.bytesDone,
      bytesTotal: seen.bytesTotal,
      bytesPerSecond: seen.bytesPerSecond,
      waiting: message,
      isInstalling: state === 'installing',
    };
    if (isNews(transfer, progress)) await ctx.transaction(({ tx }) => progressed(tx, transfer, progress));
    return;
  }
  await agent.call('storage.forget', { id: seen.id, store: seen.store });
}

function isNews(before: StoreTransfer, now: Progress): boolean {
  return (
    now.bytesDone !== before.bytesDone ||
    now.bytesTotal !== before.bytesTotal ||
    now.waiting !== before.waiting ||
    now.systemVmId !== before.systemVmId ||
    now.isInstalling
  );
}

/** An upload that has not begun. */
async function expire(ctx: ReconcilerContext, vm: StorageVm, transfer: StoreTransfer): Promise<void> {
  const lateMs = ctx.clock.now().getTime() - (transfer.expiresAt?.getTime() ?? 0);
  if (transfer.systemVmId !== vm.id)
    await ctx.transaction(({ tx }) =>
      failed(tx, transfer, 'the secondary storage VM was replaced before the file was there: ask for upload parameters again'),
    );
  else if (lateMs > 0)
    await ctx.transaction(({ tx }) =>
      failed(
        tx,
        transfer,
        `nothing was uploaded within ${ctx.settings.get(uploadWindowMinutes)} minutes: ask for upload parameters again`,
        true,
      ),
    );
}
