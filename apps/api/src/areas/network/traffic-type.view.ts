// The traffic type as answers show it.
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';

export interface TrafficTypeRow {
  id: number;
  uuid: string;
  kind: string;
  physicalNetworkUuid: string;
  kvmLabel: string | null;
  xenLabel: string | null;
  vmwareLabel: string | null;
  hypervLabel: string | null;
  ovm3Label: string | null;
}

export const trafficTypeSource = source<TrafficTypeRow>({
  from: 'traffic_type t',
  joins: ['JOIN physical_network p ON p.id = t.physical_network_id'],
  columns: {
    id: 't.id',
    uuid: 't.uuid',
    kind: 't.kind',
    physicalNetworkUuid: 'p.uuid',
    kvmLabel: 't.kvm_label',
    xenLabel: 't.xen_label',
    vmwareLabel: 't.vmware_label',
    hypervLabel: 't.hyperv_label',
    ovm3Label: 't.ovm3_label',
  },
});

export const trafficTypeView = view<TrafficTypeRow>('traffictype', {
  id: field.string('the id of the traffic type', (row) => row.uuid),
  traffictype: field.string('what is carried: Guest, Management, Public or Storage', (row) => row.kind),
  physicalnetworkid: field.string('the physical network that carries it', (row) => row.physicalNetworkUuid),
  kvmnetworklabel: field.string('its bridge on KVM hosts', (row) => row.kvmLabel),
  xennetworklabel: field.string('its label on XenServer hosts', (row) => row.xenLabel),
  vmwarenetworklabel: field.string('its label on VMware hosts', (row) => row.vmwareLabel),
  hypervnetworklabel: field.string('its label on Hyper-V hosts', (row) => row.hypervLabel),
  ovm3networklabel: field.string('its label on OVM3 hosts', (row) => row.ovm3Label),
});
