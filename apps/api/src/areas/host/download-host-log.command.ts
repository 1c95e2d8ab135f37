// downloadHostLog
import { problem } from '@strata/domain';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command, listOf } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';
import { hostSubject } from './host-rows.ts';
import { Host } from './host.entity.ts';
import { fetchHostLog } from './fetch-host-log.saga.ts';

interface HostLog {
  readonly uuid: string;
  readonly name: string;
  readonly text: string;
}

const hostLogView = view<HostLog>('hostlog', {
  id: field.string('the id of the host', (log) => log.uuid),
  name: field.string('its name', (log) => log.name),
  log: field.string('the newest 64 KiB, oldest line first', (log) => log.text),
});

export const downloadHostLog = command({
  name: 'downloadHostLog',
  about: "Shows the newest part of what the hypervisor's daemon has noted on a host: where to look when a host is in Alert.",
  roles: adminRoles,
  async: 'awaited',
  event: 'HOST.LOG',
  since: '1.0',
  params: { id: param.ref(Host, { required: true, access: 'operate', about: 'the host' }) },
  returns: listOf(hostLogView),
  async execute({ id: host }, { jobs }) {
    if (!host.ready) throw problem('conflict', `host ${host.name} is being added or removed: wait until that has ended`);
    return jobs.start(fetchHostLog, { hostId: host.id }, { subject: hostSubject(host) });
  },
});
