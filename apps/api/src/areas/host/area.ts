// Hypervisor hosts: added, watched, changed and removed.
import { area, presenter } from '../../kernel/area.ts';
import { administratorsOnly, resource } from '../../kernel/command/resource.ts';
import { addHost } from './add-host.command.ts';
import { bringUpHost } from './bring-up-host.saga.ts';
import { cancelHostMaintenance } from './cancel-host-maintenance.command.ts';
import { connectHost } from './connect-host.saga.ts';
import { deleteHost } from './delete-host.command.ts';
import { hostHealthReconciler } from './host-health.reconciler.ts';
import { fetchHostLog } from './fetch-host-log.saga.ts';
import { downloadHostLog } from './download-host-log.command.ts';
import { HostLogin } from './host-login.entity.ts';
import { Host, HostCapacity } from './host.entity.ts';
import { downAfterSeconds, emulationAllowed, missedPingsToDisconnect, parallelMovesOfHost } from './host.settings.ts';
import { hostSource, hostView } from './host.view.ts';
import { listHosts } from './list-hosts.command.ts';
import { cancelMaintenance, prepareMaintenance } from './maintenance.sagas.ts';
import { ManagementKey } from './management-key.entity.ts';
import { prepareHostForMaintenance } from './prepare-host-for-maintenance.command.ts';
import { reconnectHost } from './reconnect-host.command.ts';
import { releaseHost } from './release-host.saga.ts';
import { updateHost } from './update-host.command.ts';

export const hostArea = area({
  name: 'host',
  commands: [addHost, listHosts, updateHost, deleteHost, reconnectHost, downloadHostLog, prepareHostForMaintenance, cancelHostMaintenance],
  resources: [resource(Host, { noun: 'host', type: 'Host', may: administratorsOnly })],
  entities: [Host, HostCapacity, HostLogin, ManagementKey],
  sagas: [bringUpHost, connectHost, fetchHostLog, releaseHost, prepareMaintenance, cancelMaintenance],
  reconcilers: [hostHealthReconciler],
  presenters: [presenter('Host', hostView, hostSource)],
  settings: [emulationAllowed, missedPingsToDisconnect, downAfterSeconds, parallelMovesOfHost],
});
