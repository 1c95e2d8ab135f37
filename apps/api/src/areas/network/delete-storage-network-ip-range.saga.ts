// Deletes an address range for storage traffic.
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { StorageIpRange } from './storage-ip-range.entity.ts';

type Input = { readonly rangeId: number };

async function remove({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  await tx.delete(StorageIpRange, input.rangeId);
}

export const removeStorageRange = saga<Input>('deleteStorageNetworkIpRange').rows('remove', remove);
