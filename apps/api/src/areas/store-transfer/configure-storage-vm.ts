// Gives a secondary-storage machine the configuration that it is to have now.
import type { HostsStep } from '../../kernel/jobs/saga.ts';
import { bringInLine } from '../system-vm/agent-steps.ts';
import { SystemVm } from '../system-vm/system-vm.entity.ts';
import type { Agent } from '../system-vm/system-vm-role.ts';
import type { StorageVm } from './storage-vm.ts';

type Configuring = Pick<HostsStep<unknown, object>, 'read' | 'secrets' | 'settings'>;

/** Settings that were changed a moment ago (allowed sites, stores, TLS) hold for what begins now. */
export async function configureStorageVm({ id }: StorageVm, agent: Agent, ctx: Configuring): Promise<void> {
  const vm = await ctx.read.findOneBy(SystemVm, { id });
  if (vm) await bringInLine(vm, agent, await agent.call('health', {}), ctx);
}
