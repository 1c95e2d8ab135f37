// Makes the links of a zone and what its secondary-storage machine hands out agree; links that have expired go, with files made for them.
import { DriverError } from '@strata/hypervisor';
import type { ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import type { Agent } from '../system-vm/system-vm-role.ts';
import { publish } from './links.ts';
import { removeFromImageStore } from './remove-from-image-store.ts';
import { storageSite } from './storage-site.ts';
import type { StorageVm } from './storage-vm.ts';
import { StoreLink } from './store-transfer.entity.ts';

/** Works without the machine too: a link must not outlive its time because nobody answers. */
export async function dropExpiredLinks(ctx: ReconcilerContext): Promise<void> {
  const expired = await ctx.read
    .createQueryBuilder(StoreLink, 'l')
    .where('l.expiresAt <= :now', { now: ctx.clock.now() })
    .orderBy('l.id')
    .limit(100)
    .getMany();
  for (const link of expired) {
    try {
      if (link.ownership === 'own') await removeFromImageStore(link.storeId, link.path, ctx.read, ctx.drivers);
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      // The link itself has ended; its file goes when a host can remove it.
      ctx.log.warn({ link: link.uuid, err: error }, 'the file of a link that has expired stays for now');
      continue;
    }
    await ctx.transaction(({ tx }) => tx.delete(StoreLink, { id: link.id }));
  }
}

export async function syncLinks(ctx: ReconcilerContext, agent: Agent, vm: StorageVm): Promise<void> {
  const { links } = await agent.call('storage.report', {});
  const published = new Set(links);
  const site = vm.ip === null ? null : (await storageSite(ctx.read, ctx.settings, { zoneId: vm.zoneId, ip: vm.ip })).url;
  for (const link of await ctx.read.findBy(StoreLink, { zoneId: vm.zoneId })) {
    if (!published.has(link.uuid)) await publish(agent, link, ctx.read);
    if (link.site !== site) await ctx.transaction(({ tx }) => tx.update(StoreLink, { id: link.id }, { site }));
  }
}
