// Steps that hand a file of secondary storage out under a link, shared by the sagas of all extract commands.
import { DriverError } from '@strata/hypervisor';
import type { HostsStep, RowsStep } from '../../kernel/jobs/saga.ts';
import { publish } from './links.ts';
import { agentOfStorageVm, isAtWork, readStorageVms, whyIdle } from './storage-vm.ts';
import { StoreLink } from './store-transfer.entity.ts';

type Published = { readonly ip: number };

/** @throws DriverError `unreachable` while the zone has no machine at work, so that the step waits for one */
export async function publishLink(
  linkId: number,
  { read, drivers }: Pick<HostsStep<unknown, object>, 'read' | 'drivers'>,
): Promise<Published> {
  const link = await read.findOneByOrFail(StoreLink, { id: linkId });
  const vm = (await readStorageVms(read)).get(link.zoneId);
  if (!isAtWork(vm) || vm.ip === null) throw new DriverError('unreachable', `the link can not be made: ${whyIdle(vm)}`);
  await publish(await agentOfStorageVm(vm, read, drivers), link, read);
  return { ip: vm.ip };
}

export async function showLink(linkId: number, { ip }: Published, { tx, keepResult }: RowsStep<unknown, object>): Promise<void> {
  await tx.update(StoreLink, { id: linkId }, { ip });
  await keepResult({ type: 'StoreLink', id: linkId });
}

export async function withdrawLink(linkId: number, { read, drivers }: Pick<HostsStep<unknown, object>, 'read' | 'drivers'>): Promise<void> {
  const link = await read.findOneBy(StoreLink, { id: linkId });
  if (!link) return;
  const vm = (await readStorageVms(read)).get(link.zoneId);
  if (!isAtWork(vm)) return;
  await (await agentOfStorageVm(vm, read, drivers)).call('storage.unpublish', { id: link.uuid });
}
