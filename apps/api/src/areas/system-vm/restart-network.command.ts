// restartNetwork
import { problem } from '@strata/domain';
import { In } from 'typeorm';
import { everyRole } from '../../kernel/command/caller.ts';
import { command, success } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { Network } from '../network/network.entity.ts';
import { destroySystemMachine } from './destroy-system-vm.saga.ts';
import { SystemVm } from './system-vm.entity.ts';
import { systemVmEvent } from './system-vm-events.ts';
import { systemVmSubject } from './system-vm-rows.ts';
import { restartRouters } from './restart-network.saga.ts';

export const restartNetwork = command({
  name: 'restartNetwork',
  about: 'Tells the routers of a network everything anew; with cleanup, replaces them by new ones that serve the same guests.',
  roles: everyRole,
  async: true,
  event: 'NETWORK.RESTART',
  since: '1.0',
  params: {
    id: param.ref(Network, { required: true, access: 'operate', about: 'the network' }),
    cleanup: param.boolean({ about: 'true: destroy its routers and wait for their replacements' }),
    livepatch: param.boolean({ about: 'for other servers: routers here are only told or replaced' }),
    makeredundant: param.boolean({ about: 'true is refused: a network has one router in each pod' }),
  },
  returns: success,
  async execute({ id: network, cleanup = false, makeredundant = false }, { tx, jobs }) {
    if (network.trafficType !== 'Guest') throw problem('invalid', `network ${network.name} is not for guests: it has no routers`);
    if (makeredundant) throw problem('invalid', 'parameter makeredundant is not possible: a network has one router in each pod');
    const found = await tx.query<{ id: number }[]>(
      "SELECT n.system_vm_id AS id FROM system_nic n WHERE n.network_id = ? AND n.purpose = 'guest'",
      [network.id],
    );
    const routers = found.length === 0 ? [] : await tx.findBy(SystemVm, { id: In(found.map(({ id }) => id)), kind: 'domainrouter' });
    const old = cleanup ? routers.filter(({ state }) => state !== 'Destroying') : [];
    for (const vm of old)
      await jobs.start(
        destroySystemMachine,
        { systemVmId: vm.id },
        { subject: systemVmSubject(vm), event: systemVmEvent(vm.kind, 'DESTROY') },
      );
    return jobs.start(
      restartRouters,
      { networkId: network.id, replaced: old.map(({ id }) => id) },
      { subject: { type: 'Network', id: network.id, uuid: network.uuid } },
    );
  },
});
