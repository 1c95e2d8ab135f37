// reconnectHost
import { hostLifecycle, problem } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { connectHost } from './connect-host.saga.ts';
import { hostSubject } from './host-rows.ts';
import { Host } from './host.entity.ts';
import { hostView } from './host.view.ts';

export const reconnectHost = command({
  name: 'reconnectHost',
  about: 'Connects to a host anew and checks it again, for example after a repair.',
  roles: adminRoles,
  async: true,
  event: 'HOST.RECONNECT',
  since: '1.0',
  params: { id: param.ref(Host, { required: true, access: 'operate', about: 'the host' }) },
  returns: hostView,
  async execute({ id: host }, { jobs }) {
    if (!host.ready) throw problem('conflict', `host ${host.name} is being added or removed: wait until that has ended`);
    hostLifecycle.assertCan(host.state, 'connectRequested', { name: host.name });
    return jobs.start(connectHost, { hostId: host.id }, { subject: hostSubject(host) });
  },
});
