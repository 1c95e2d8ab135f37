// Which hypervisors this server can drive: what handlers may know of the drivers.
import { problem } from '@strata/domain';
import type { ClusterHypervisor } from './cluster.entity.ts';

declare module '../../kernel/command/command.ts' {
  interface CommandServices {
    /** In the order in which they are named to clients. */
    readonly hypervisors: readonly ClusterHypervisor[];
  }
}

/** @throws invalid with the ones that are */
export function assertOffered(hypervisor: ClusterHypervisor, offered: readonly ClusterHypervisor[]): void {
  if (offered.includes(hypervisor)) return;
  const remedy = hypervisor === 'Simulator' ? ', or start the server with STRATA_SIMULATOR=1' : '';
  throw problem('invalid', `parameter hypervisor: ${hypervisor} is not offered by this server: choose ${offered.join(' or ')}${remedy}`);
}
