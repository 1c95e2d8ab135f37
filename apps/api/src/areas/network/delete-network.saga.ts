// Deletes a network with its address ranges.
import { networkLifecycle } from '@strata/domain';
import { transition } from '../../kernel/db/transition.ts';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { Network } from './network.entity.ts';
import { removeRange } from './range-addresses.ts';

type Input = { readonly networkId: number };

async function remove({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  const network = await tx.findOneBy(Network, { id: input.networkId });
  if (!network) return;
  await tx.query('SELECT id FROM zone WHERE id = ? FOR UPDATE', [network.zoneId]);
  await transition(tx, Network, network, networkLifecycle, 'destroyRequested');
  await refuseWhileUsed(tx, `network ${network.name}`, [
    {
      noun: ['virtual machine', 'virtual machines'],
      from: 'nic n JOIN virtual_machine v ON v.id = n.vm_id',
      name: 'v.name',
      where: 'n.network_id = ?',
      values: [network.id],
    },
  ]);
  const ranges = await tx.query<{ id: number }[]>('SELECT id FROM vlan_ip_range WHERE network_id = ?', [network.id]);
  for (const { id } of ranges) await removeRange(tx, id);
  await tx.delete(Network, network.id);
}

export const removeNetwork = saga<Input>('deleteNetwork').rows('remove', remove);
