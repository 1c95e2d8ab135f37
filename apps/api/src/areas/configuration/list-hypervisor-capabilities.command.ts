// listHypervisorCapabilities
import { noSuchEntity, param } from '../../kernel/command/param.ts';
import { computedList } from '../../kernel/command/computed-list.ts';
import { field, view } from '../../kernel/command/view.ts';
import type { ClusterHypervisor } from '../zone/cluster.entity.ts';

interface Capabilities {
  readonly uuid: string;
  readonly hypervisor: ClusterHypervisor;
}

/** Drivers do the same for each; the ids are ours, and stay. */
const capabilities: readonly Capabilities[] = [
  { uuid: '6f2c1d0a-0b3e-4c55-8e0d-2b1f5a7c9e01', hypervisor: 'KVM' },
  { uuid: '6f2c1d0a-0b3e-4c55-8e0d-2b1f5a7c9e02', hypervisor: 'Simulator' },
];

/** vdb to vdz: the first disk is the root disk. */
const maxDataVolumes = 25;

const capabilitiesView = view<Capabilities>('hypervisorcapabilities', {
  id: field.string('the id of the entry', ({ uuid }) => uuid),
  hypervisor: field.string('the hypervisor', ({ hypervisor }) => hypervisor),
  hypervisorversion: field.string('its version: the same holds for all', () => 'default'),
  maxdatavolumeslimit: field.integer('how many data disks a machine can have', () => maxDataVolumes),
  securitygroupenabled: field.boolean('whether security groups hold on its hosts', () => true),
  storagemotionenabled: field.boolean('whether disks of running machines can move to other storage', () => false),
  vmsnapshotenabled: field.boolean('whether snapshots of whole machines can be taken', () => false),
});

export const listHypervisorCapabilities = computedList({
  name: 'listHypervisorCapabilities',
  about: 'Lists what the hypervisors that this server offers can do.',
  roles: ['Admin'],
  since: '3.0',
  item: 'hypervisorCapabilities',
  params: {
    id: param.uuid({ about: 'only this entry' }),
    hypervisor: param.string({ about: 'only of this hypervisor' }),
  },
  returns: capabilitiesView,
  keyword: ({ hypervisor }) => hypervisor,
  rows({ id, hypervisor }, { hypervisors }) {
    if (id !== undefined && !capabilities.some(({ uuid }) => uuid === id)) throw noSuchEntity('id', id);
    const wanted = hypervisor?.toLowerCase();
    return Promise.resolve(
      capabilities.filter(
        (row) =>
          hypervisors.includes(row.hypervisor) &&
          (id === undefined || row.uuid === id) &&
          (wanted === undefined || row.hypervisor.toLowerCase() === wanted),
      ),
    );
  },
});
