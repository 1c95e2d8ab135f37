// prepareHostForMaintenance
import { hostResourceLifecycle, problem } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { hostSubject } from './host-rows.ts';
import { Host } from './host.entity.ts';
import { hostView } from './host.view.ts';
import { prepareMaintenance } from './maintenance.sagas.ts';

export const prepareHostForMaintenance = command({
  name: 'prepareHostForMaintenance',
  about:
    'Moves all machines off a host without stopping them. The host is in PrepareForMaintenance until they have left, then in Maintenance; in ErrorInMaintenance, with the reason, when some cannot leave: the command can be repeated then.',
  roles: adminRoles,
  async: true,
  event: 'MAINT.PREPARE',
  since: '1.0',
  params: { id: param.ref(Host, { required: true, access: 'operate', about: 'the host' }) },
  returns: hostView,
  async execute({ id: host }, { tx, jobs }) {
    if (!host.ready) throw problem('conflict', `host ${host.name} is being added or removed: wait until that has ended`);
    hostResourceLifecycle.assertCan(host.resourceState, 'maintenanceRequested', { name: host.name });
    if (host.state !== 'Up') {
      const held = await tx.query<unknown[]>(
        '(SELECT 1 FROM virtual_machine WHERE host_id = ? LIMIT 1) UNION ALL (SELECT 1 FROM system_vm WHERE host_id = ? LIMIT 1)',
        [host.id, host.id],
      );
      if (held.length > 0)
        throw problem(
          'conflict',
          `host ${host.name} is ${host.state}, so its machines cannot be moved: bring it up first, or cut its power and call deleteHost with forced=true`,
        );
    }
    return jobs.start(prepareMaintenance, { hostId: host.id }, { subject: hostSubject(host) });
  },
});
