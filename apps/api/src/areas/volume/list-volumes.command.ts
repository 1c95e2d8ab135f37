// listVolumes
import { volumeLifecycle } from '@strata/domain';
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { Host } from '../host/host.entity.ts';
import { DiskOffering } from '../offering/disk-offering.entity.ts';
import { ServiceOffering } from '../offering/service-offering.entity.ts';
import { StoragePool } from '../storage-pool/storage-pool.entity.ts';
import { VirtualMachine } from '../vm/virtual-machine.entity.ts';
import { Cluster } from '../zone/cluster.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { Volume } from './volume.entity.ts';
import { volumeSource, volumeView } from './volume.view.ts';

const administrators = ['Admin', 'ResourceAdmin'] as const;

export const listVolumes = listCommand({
  name: 'listVolumes',
  about: 'Lists volumes: the disks of virtual machines.',
  roles: everyRole,
  since: '1.0',
  tagged: true,
  params: {
    id: param.ref(Volume, { access: 'see', about: 'only this volume' }),
    ids: param.refs(Volume, { access: 'see', about: 'only these volumes' }),
    name: param.string({ about: 'only volumes of this name' }),
    type: param.enum(['ROOT', 'DATADISK'], { about: 'only root disks, or only data disks' }),
    state: param.enum(volumeLifecycle.states, { about: 'only volumes in this state' }),
    virtualmachineid: param.ref(VirtualMachine, { access: 'see', about: 'only those of this virtual machine' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only in this zone' }),
    diskofferingid: param.ref(DiskOffering, { access: 'see', about: 'only of this disk offering' }),
    serviceofferingid: param.ref(ServiceOffering, { access: 'see', about: 'only root disks of machines of this service offering' }),
    storageid: param.ref(StoragePool, { access: 'see', roles: administrators, about: 'only in this primary storage' }),
    hostid: param.ref(Host, { access: 'see', roles: administrators, about: 'only of machines on this host' }),
    clusterid: param.ref(Cluster, { access: 'see', roles: administrators, about: 'only in primary storage of this cluster' }),
    podid: param.ref(Pod, { access: 'see', roles: administrators, about: 'only in primary storage of this pod' }),
  },
  source: volumeSource,
  returns: volumeView,
  keyword: ['v.name'],
  ownedBy: { account: 'v.account_id', domain: 'v.domain_id' },
  where(args, where) {
    where
      .equals('v.id', args.id?.id)
      .in(
        'v.id',
        args.ids?.map(({ id }) => id),
      )
      .equals('v.name', args.name)
      .equals('v.type', args.type)
      .equals('v.state', args.state)
      .equals('v.vm_id', args.virtualmachineid?.id)
      .equals('v.zone_id', args.zoneid?.id)
      .equals('v.disk_offering_id', args.diskofferingid?.id)
      .equals('v.pool_id', args.storageid?.id);
    if (args.serviceofferingid)
      where.and("v.type = 'ROOT' AND v.vm_id IN (SELECT id FROM virtual_machine WHERE service_offering_id = ?)", args.serviceofferingid.id);
    if (args.hostid) where.and('v.vm_id IN (SELECT id FROM virtual_machine WHERE host_id = ?)', args.hostid.id);
    if (args.clusterid) where.and('v.pool_id IN (SELECT id FROM storage_pool WHERE cluster_id = ?)', args.clusterid.id);
    if (args.podid) where.and('v.pool_id IN (SELECT id FROM storage_pool WHERE pod_id = ?)', args.podid.id);
  },
});
