// Gives a new physical network its service providers, in the transaction of the request that creates it.
import { networkServiceProviderInitialState } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import { saga } from '../../kernel/jobs/saga.ts';
import type { RowsStep } from '../../kernel/jobs/saga.ts';
import { NetworkServiceProvider } from './network-service-provider.entity.ts';
import { serviceProviders } from './network-services.ts';
import { addElement } from './virtual-router-elements.ts';

type Input = { readonly physicalNetworkId: number };

async function insertProviders({ tx, input, clock }: RowsStep<Input, unknown>): Promise<void> {
  const there = await tx.query<{ name: string }[]>('SELECT name FROM network_service_provider WHERE physical_network_id = ?', [
    input.physicalNetworkId,
  ]);
  for (const { name, services } of serviceProviders.filter((provider) => !there.some((row) => row.name === provider.name))) {
    const provider = tx.create(NetworkServiceProvider, {
      uuid: randomUUID(),
      physicalNetworkId: input.physicalNetworkId,
      name,
      state: networkServiceProviderInitialState,
      services: Object.keys(services).join(','),
      created: clock.now(),
    });
    await tx.insert(NetworkServiceProvider, provider);
    await addElement(tx, provider);
  }
}

export const addProviders = saga<Input>('createPhysicalNetwork').rows('providers', insertProviders);
