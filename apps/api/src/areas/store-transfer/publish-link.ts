// Steps that hand a file of secondary storage out under a link, shared by the sagas of all extract commands.
import { DriverError } from '@strata/hypervisor';
import type { HostsStep, RowsStep } from '../../kernel/jobs/saga.ts';
import { configureStorageVm } from './configure-storage-vm.ts';
import { publish } from './links.ts';
import { storageSite } from './storage-site.ts';
import { agentOfStorageVm, isAtWork, readStorageVms, whyIdle } from './storage-vm.ts';
import { StoreLink } from './store-transfer.entity.ts';

type Published = { readonly site: string };

/** @throws DriverError `unreachable` while the zone has no machine at work, so that the step waits for one */
export async function publishLink(
  linkId: number,
  step: Pick<HostsStep<unknown, object>, 'read' | 'drivers' | 'secrets' | 'settings'>,
): Promise<Published> {
  const { read, drivers, settings } = step;
  const link = await read.findOneByOrFail(StoreLink, { id: linkId });
  const vm = (await readStorageVms(read)).get(link.zoneId);
  if (!isAtWork(vm) || vm.ip === null) throw new DriverError('unreachable', `the link can not be made: ${whyIdle(vm)}`);
  const agent = await agentOfStorageVm(vm, read, drivers);
  await configureStorageVm(vm, agent, step);
  await publish(agent, link, read);
  return { site: (await storageSite(read, settings, { zoneId: vm.zoneId, ip: vm.ip })).url };
}

export async function showLink(linkId: number, { site }: Published, { tx, keepResult }: RowsStep<unknown, object>): Promise<void> {
  await tx.update(StoreLink, { id: linkId }, { site });
  await keepResult({ type: 'StoreLink', id: linkId });
}

export async function withdrawLink(linkId: number, { read, drivers }: Pick<HostsStep<unknown, object>, 'read' | 'drivers'>): Promise<void> {
  const link = await read.findOneBy(StoreLink, { id: linkId });
  if (!link) return;
  const vm = (await readStorageVms(read)).get(link.zoneId);
  if (!isAtWork(vm)) return;
  await (await agentOfStorageVm(vm, read, drivers)).call('storage.unpublish', { id: link.uuid });
}
