// Changes a physical network's row.
import { physicalNetworkLifecycle, problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { changesOf } from '../../kernel/db/changes.ts';
import { refuseWhileUsed } from '../../kernel/db/still-used.ts';
import { transition } from '../../kernel/db/transition.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';

type Input = {
  readonly physicalNetworkId: number;
  readonly state?: 'Enabled' | 'Disabled' | undefined;
  readonly vlan?: string | undefined;
  readonly networkSpeed?: string | undefined;
  readonly tags?: string | undefined;
};

async function change({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  const network = await tx.findOneBy(PhysicalNetwork, { id: input.physicalNetworkId });
  if (!network) throw problem('invalid', 'the physical network was deleted meanwhile: list the physical networks again');
  const changes = changesOf<PhysicalNetwork>({ vlan: input.vlan, networkSpeed: input.networkSpeed, tags: input.tags });
  if (changes) await tx.update(PhysicalNetwork, network.id, changes);
  if (input.state !== undefined && input.state !== network.state) {
    if (input.state === 'Disabled') await refuseWhileCarrying(tx, network);
    await transition(
      tx,
      PhysicalNetwork,
      network,
      physicalNetworkLifecycle,
      input.state === 'Enabled' ? 'enableRequested' : 'disableRequested',
    );
  }
}

/** Machines of a guest network would be left on a wire that is out of use. Networks are added under the zone's lock. */
async function refuseWhileCarrying(tx: EntityManager, { id, name, zoneId }: PhysicalNetwork): Promise<void> {
  await tx.query('SELECT id FROM zone WHERE id = ? FOR UPDATE', [zoneId]);
  await refuseWhileUsed(tx, `physical network ${name}`, [
    {
      noun: ['guest network', 'guest networks'],
      from: 'network n',
      name: 'n.name',
      where: 'n.physical_network_id = ? AND NOT n.is_system',
      values: [id],
    },
  ]);
}

export const changePhysicalNetwork = saga<Input>('updatePhysicalNetwork').rows('change', change);
