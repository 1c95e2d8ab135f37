// findHostsForMigration
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { view, field } from '../../kernel/command/view.ts';
import { type HostRow, hostSource, hostView, withFactors } from '../host/host.view.ts';
import { markTargets, restrictToTargets } from './migration-targets.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';

const targetView = view<HostRow>('host', {
  ...hostView.fields,
  requiresStorageMotion: field.boolean('whether disks would have to move too: never inside a cluster', () => false),
});

export const findHostsForMigration = listCommand({
  name: 'findHostsForMigration',
  about: 'Lists the other hosts of the cluster where a machine runs, and says which can take it and why others cannot.',
  roles: ['Admin'],
  since: '4.1',
  params: { virtualmachineid: param.ref(VirtualMachine, { required: true, access: 'see', about: 'the virtual machine that is to move' }) },
  source: hostSource,
  returns: targetView,
  keyword: ['h.name', 'h.address'],
  where: ({ virtualmachineid: vm }, where) => restrictToTargets(where, vm),
  async finish(hosts, { virtualmachineid: vm }, { tx, settings }) {
    withFactors(hosts, settings);
    await markTargets(tx, settings, vm, hosts);
  },
});
