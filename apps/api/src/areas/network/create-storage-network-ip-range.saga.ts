// Checks that something carries the traffic of a new storage range, in the transaction of the request that creates it.
import { problem } from '@strata/domain';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';

type Input = { readonly rangeId: number };

async function assertCarried({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  const rows = await tx.query<unknown[]>(
    'SELECT n.id FROM storage_ip_range r JOIN network n ON n.id = r.network_id WHERE r.id = ? AND n.physical_network_id IS NOT NULL',
    [input.rangeId],
  );
  if (rows.length === 0)
    throw problem('invalid', 'no physical network of the zone carries Storage traffic: add it with addTrafficType traffictype=Storage');
}

export const useStorageNetwork = saga<Input>('createStorageNetworkIpRange').rows('carried', assertCarried);
