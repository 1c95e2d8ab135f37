// Changes a physical network's row.
import { physicalNetworkLifecycle, problem } from '@strata/domain';
import { changesOf } from '../../kernel/db/changes.ts';
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
    await transition(
      tx,
      PhysicalNetwork,
      network,
      physicalNetworkLifecycle,
      input.state === 'Enabled' ? 'enableRequested' : 'disableRequested',
    );
  }
}

export const changePhysicalNetwork = saga<Input>('updatePhysicalNetwork').rows('change', change);
