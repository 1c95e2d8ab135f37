// cancelHostMaintenance
import { hostResourceLifecycle } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { hostSubject } from './host-rows.ts';
import { Host } from './host.entity.ts';
import { hostView } from './host.view.ts';
import { cancelMaintenance } from './maintenance.sagas.ts';

export const cancelHostMaintenance = command({
  name: 'cancelHostMaintenance',
  about:
    'Puts a host that is in maintenance, or on its way there, back into service. Machines that have left it do not come back by themselves.',
  roles: adminRoles,
  async: true,
  event: 'MAINT.CANCEL',
  since: '1.0',
  params: { id: param.ref(Host, { required: true, access: 'operate', about: 'the host' }) },
  returns: hostView,
  async execute({ id: host }, { jobs }) {
    hostResourceLifecycle.assertCan(host.resourceState, 'maintenanceCancelled', { name: host.name });
    return jobs.start(cancelMaintenance, { hostId: host.id }, { subject: hostSubject(host) });
  },
});
