// Deletes a service provider that serves no network.
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { NetworkServiceProvider } from './network-service-provider.entity.ts';
import { refuseWhileProviding } from './provider-services.ts';

type Input = { readonly providerId: number };

async function remove({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  const provider = await tx.findOneBy(NetworkServiceProvider, { id: input.providerId });
  if (!provider) return;
  await refuseWhileProviding(tx, provider);
  await tx.query('DELETE FROM virtual_router_element WHERE provider_id = ?', [provider.id]);
  await tx.query('DELETE FROM network_service_provider WHERE id = ?', [provider.id]);
}

export const removeProvider = saga<Input>('deleteNetworkServiceProvider').rows('remove', remove);
