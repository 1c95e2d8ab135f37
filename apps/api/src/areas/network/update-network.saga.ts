// Changes a network's row.
import { changesOf } from '../../kernel/db/changes.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { Network } from './network.entity.ts';

type Input = {
  readonly networkId: number;
  readonly name?: string | undefined;
  readonly displayText?: string | undefined;
  readonly networkDomain?: string | null | undefined;
  readonly dns1?: string | null | undefined;
  readonly dns2?: string | null | undefined;
  readonly displayNetwork?: boolean | undefined;
};

async function change({ tx, input: { networkId, ...columns } }: RowsStep<Input, unknown>): Promise<void> {
  const changes = changesOf<Network>(columns);
  if (changes) await tx.update(Network, networkId, changes);
}

export const changeNetwork = saga<Input>('updateNetwork').rows('change', change);
