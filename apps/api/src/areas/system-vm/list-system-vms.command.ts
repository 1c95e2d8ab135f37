// listSystemVms
import { systemVmLifecycle } from '@strata/domain';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Host } from '../host/host.entity.ts';
import { StoragePool } from '../storage-pool/storage-pool.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { SystemVm } from './system-vm.entity.ts';
import { systemVmSource, systemVmView } from './system-vm.view.ts';

/** As systemVmName() makes it. */
const nameSql = "CONCAT(IF(vm.kind = 'consoleproxy', 'v-', 's-'), vm.id, '-VM')";

/** Routers have a list of their own. */
export const listedKinds = ['consoleproxy', 'secondarystoragevm'] as const;

export const listSystemVms = listCommand({
  name: 'listSystemVms',
  about: 'Lists secondary-storage VMs and console proxies.',
  roles: ['Admin', 'ResourceAdmin'],
  since: '1.0',
  params: {
    id: param.ref(SystemVm, { access: 'see', about: 'only this system machine' }),
    name: param.string({ about: 'only with this name, such as s-1-VM' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only in this zone' }),
    podid: param.ref(Pod, { access: 'see', about: 'only with addresses of this pod' }),
    hostid: param.ref(Host, { access: 'see', about: 'only on this host' }),
    storageid: param.ref(StoragePool, { access: 'see', about: 'only with their disk in this primary storage' }),
    state: param.enum(systemVmLifecycle.states, { about: 'only in this state' }),
    systemvmtype: param.enum(listedKinds, { about: 'only of this kind' }),
    arch: param.string({ about: 'only of this processor architecture' }),
  },
  source: systemVmSource,
  returns: systemVmView,
  keyword: [nameSql],
  where(args, where) {
    where
      .in('vm.kind', args.systemvmtype === undefined ? [...listedKinds] : [args.systemvmtype])
      .equals('vm.id', args.id?.id)
      .equals(nameSql, args.name)
      .equals('vm.zone_id', args.zoneid?.id)
      .equals('vm.pod_id', args.podid?.id)
      .equals('vm.host_id', args.hostid?.id)
      .equals('vm.pool_id', args.storageid?.id)
      .equals('vm.state', args.state);
    if (args.arch !== undefined) where.and('vm.template_id IN (SELECT id FROM template WHERE arch = ?)', args.arch);
  },
});
