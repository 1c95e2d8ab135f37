// The switch that a virtual router provider has.
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { NetworkServiceProvider } from './network-service-provider.entity.ts';
import { VirtualRouterElement } from './virtual-router-element.entity.ts';

/** Providers other than virtual routers have none; one that is there stays. */
export async function addElement(tx: EntityManager, provider: NetworkServiceProvider): Promise<void> {
  if (provider.name !== 'VirtualRouter') return;
  const rows = await tx.query<unknown[]>('SELECT id FROM virtual_router_element WHERE provider_id = ?', [provider.id]);
  if (rows.length > 0) return;
  await tx.insert(VirtualRouterElement, { uuid: randomUUID(), providerId: provider.id, type: 'VirtualRouter', enabled: false });
}
