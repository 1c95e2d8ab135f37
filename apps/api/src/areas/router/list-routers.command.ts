// listRouters
import { systemVmLifecycle } from '@strata/domain';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Host } from '../host/host.entity.ts';
import { Network } from '../network/network.entity.ts';
import { SystemVm } from '../system-vm/system-vm.entity.ts';
import { systemVmSource } from '../system-vm/system-vm.view.ts';
import { Cluster } from '../zone/cluster.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { routerView } from './router.view.ts';

/** As systemVmName() makes it. */
const nameSql = "CONCAT('r-', vm.id, '-VM')";

export const listRouters = listCommand({
  name: 'listRouters',
  about: 'Lists virtual routers.',
  roles: ['Admin', 'ResourceAdmin'],
  since: '1.0',
  params: {
    id: param.ref(SystemVm, { access: 'see', about: 'only this router' }),
    name: param.string({ about: 'only with this name, such as r-3-VM' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only in this zone' }),
    podid: param.ref(Pod, { access: 'see', about: 'only of this pod' }),
    clusterid: param.ref(Cluster, { access: 'see', about: 'only on hosts of this cluster' }),
    hostid: param.ref(Host, { access: 'see', about: 'only on this host' }),
    networkid: param.ref(Network, { access: 'see', about: 'only of this guest network' }),
    state: param.enum(systemVmLifecycle.states, { about: 'only in this state' }),
    version: param.string({ about: 'only those that booted from this version of the template' }),
    arch: param.string({ about: 'only of this processor architecture' }),
    forvpc: param.boolean({ about: 'true: only routers of VPCs, of which there are none' }),
    vpcid: param.uuid({ about: 'only of this VPC, of which there are none' }),
  },
  source: systemVmSource,
  returns: routerView,
  keyword: [nameSql],
  where(args, where) {
    where
      .equals('vm.kind', 'domainrouter')
      .equals('vm.id', args.id?.id)
      .equals(nameSql, args.name)
      .equals('vm.zone_id', args.zoneid?.id)
      .equals('vm.pod_id', args.podid?.id)
      .equals('h.cluster_id', args.clusterid?.id)
      .equals('vm.host_id', args.hostid?.id)
      .equals('g.network_id', args.networkid?.id)
      .equals('vm.state', args.state)
      .equals('vm.template_version', args.version)
      .equals('t.arch', args.arch);
    if (args.forvpc === true || args.vpcid !== undefined) where.and('FALSE');
  },
});
