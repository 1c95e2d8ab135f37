// Gives a new provider what it is switched by.
import { problem } from '@strata/domain';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { NetworkServiceProvider } from './network-service-provider.entity.ts';
import { addElement } from './virtual-router-elements.ts';

type Input = { readonly providerId: number };

async function equip({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  const provider = await tx.findOneBy(NetworkServiceProvider, { id: input.providerId });
  if (!provider) throw problem('invalid', 'the provider was deleted meanwhile: list the providers again');
  await addElement(tx, provider);
}

export const equipProvider = saga<Input>('addNetworkServiceProvider').rows('equip', equip);
