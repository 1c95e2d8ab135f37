// Enables or disables a service provider.
import { networkServiceProviderLifecycle, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { transition } from '../../kernel/db/transition.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { NetworkServiceProvider } from './network-service-provider.entity.ts';
import { refuseWhileProviding } from './provider-services.ts';

type Input = {
  readonly providerId: number;
  readonly state?: 'Enabled' | 'Disabled' | 'Shutdown' | undefined;
  readonly services?: string | undefined;
};

async function change({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  const provider = await tx.findOneBy(NetworkServiceProvider, { id: input.providerId });
  if (!provider) throw problem('invalid', 'the provider was deleted meanwhile: list the providers again');
  if (input.services !== undefined) await tx.update(NetworkServiceProvider, provider.id, { services: input.services });
  const to = (event: 'enableRequested' | 'disableRequested' | 'shutdownRequested' | 'shutDown') =>
    transition(tx, NetworkServiceProvider, provider, networkServiceProviderLifecycle, event);
  if (input.state === undefined || input.state === provider.state) return;
  if (input.state === 'Enabled') {
    await assertConfigured(tx, provider);
    await to('enableRequested');
  } else if (provider.state === 'Enabled') {
    await refuseWhileProviding(tx, provider);
    if (input.state === 'Disabled') return to('disableRequested');
    await to('shutdownRequested');
    await to('shutDown');
  }
}

async function assertConfigured(tx: EntityManager, provider: NetworkServiceProvider): Promise<void> {
  const elements = await tx.query<{ enabled: number }[]>('SELECT enabled FROM virtual_router_element WHERE provider_id = ?', [provider.id]);
  if (elements.length > 0 && elements.every(({ enabled }) => !enabled)) {
    throw problem(
      'invalid',
      `provider ${provider.name} is not ready: enable its element first (listVirtualRouterElements, then configureVirtualRouterElement enabled=true)`,
    );
  }
}

export const changeProvider = saga<Input>('updateNetworkServiceProvider').rows('change', change);
