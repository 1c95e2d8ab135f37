// The system machine as answers show it, and how its rows are read.
import { formatIpv4, netmaskOfPrefix, systemVmName, type SystemVmKind } from '@strata/domain';
import { source } from '../../kernel/command/source.ts';
import { field, type Flag, view } from '../../kernel/command/view.ts';

export interface SystemVmRow {
  readonly id: number;
  readonly uuid: string;
  readonly kind: SystemVmKind;
  readonly state: string;
  readonly agentState: string;
  readonly zoneUuid: string;
  readonly zoneName: string;
  readonly dns1: string;
  readonly dns2: string | null;
  readonly networkDomain: string | null;
  readonly podUuid: string;
  readonly podName: string;
  readonly hostUuid: string | null;
  readonly hostName: string | null;
  readonly hostState: string | null;
  readonly hypervisor: string | null;
  readonly arch: string | null;
  readonly templateUuid: string | null;
  readonly templateName: string | null;
  readonly templateVersion: string;
  readonly offeringUuid: string | null;
  readonly offeringName: string | null;
  readonly controlIp: number | null;
  readonly controlMac: string | null;
  readonly controlPrefix: number | null;
  readonly privateIp: number | null;
  readonly privateMac: string | null;
  readonly privatePrefix: number | null;
  readonly gateway: number | null;
  /** Of a router's card among the guests. */
  readonly guestIp: number | null;
  readonly guestMac: string | null;
  readonly guestPrefix: number | null;
  readonly guestGateway: number | null;
  readonly guestDomain: string | null;
  readonly networkUuid: string | null;
  readonly networkName: string | null;
  /** The zone has a newer system VM template. */
  readonly requiresUpgrade: Flag;
  readonly agentChangedAt: Date;
  readonly created: Date;
}

export const systemVmSource = source<SystemVmRow>({
  from: 'system_vm vm',
  joins: [
    'JOIN zone z ON z.id = vm.zone_id',
    'JOIN pod p ON p.id = vm.pod_id',
    'LEFT JOIN host h ON h.id = vm.host_id',
    'LEFT JOIN template t ON t.id = vm.template_id',
    'LEFT JOIN service_offering o ON o.id = vm.service_offering_id',
    "LEFT JOIN system_nic c ON c.system_vm_id = vm.id AND c.purpose = 'control'",
    "LEFT JOIN system_nic m ON m.system_vm_id = vm.id AND m.purpose = 'management'",
    "LEFT JOIN system_nic g ON g.system_vm_id = vm.id AND g.purpose = 'guest'",
    'LEFT JOIN network w ON w.id = g.network_id',
  ],
  columns: {
    id: 'vm.id',
    uuid: 'vm.uuid',
    kind: 'vm.kind',
    state: 'vm.state',
    agentState: 'vm.agent_state',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    dns1: 'z.internal_dns1',
    dns2: 'z.internal_dns2',
    networkDomain: 'z.network_domain',
    podUuid: 'p.uuid',
    podName: 'p.name',
    hostUuid: 'h.uuid',
    hostName: 'h.name',
    hostState: 'h.state',
    hypervisor: 'COALESCE(h.hypervisor, t.hypervisor)',
    arch: 't.arch',
    templateUuid: 't.uuid',
    templateName: 't.name',
    templateVersion: 'vm.template_version',
    offeringUuid: 'o.uuid',
    offeringName: 'o.name',
    controlIp: 'c.ip',
    controlMac: 'c.mac',
    controlPrefix: 'c.prefix_length',
    privateIp: 'm.ip',
    privateMac: 'm.mac',
    privatePrefix: 'm.prefix_length',
    gateway: 'm.gateway',
    guestIp: 'g.ip',
    guestMac: 'g.mac',
    guestPrefix: 'g.prefix_length',
    guestGateway: 'g.gateway',
    guestDomain: 'w.network_domain',
    networkUuid: 'w.uuid',
    networkName: 'w.name',
    requiresUpgrade: `vm.template_id < (SELECT MAX(x.template_id) FROM template_copy x JOIN template y ON y.id = x.template_id AND y.type = 'SYSTEM'
      WHERE x.zone_id = vm.zone_id AND x.store_kind = 'image' AND x.state = 'Ready')`,
    agentChangedAt: 'vm.agent_changed_at',
    created: 'vm.created',
  },
});

const address = (ip: number | null) => (ip === null ? undefined : formatIpv4(ip));
const netmask = (prefix: number | null) => (prefix === null ? undefined : formatIpv4(netmaskOfPrefix(prefix)));

export const systemVmView = view<SystemVmRow>('systemvm', {
  id: field.string('the id of the system machine', (vm) => vm.uuid),
  name: field.string('its name', (vm) => systemVmName(vm.kind, vm.id)),
  systemvmtype: field.string('consoleproxy or secondarystoragevm', (vm) => vm.kind),
  state: field.string('its state', (vm) => vm.state),
  agentstate: field.string('whether its agent answers and has its configuration: Up, Connecting, Disconnected', (vm) => vm.agentState),
  disconnected: field.date('since when its agent is not Up', (vm) => (vm.agentState === 'Up' ? undefined : vm.agentChangedAt)),
  version: field.string('the version of the system VM template it booted from', (vm) => vm.templateVersion || undefined),
  zoneid: field.string('its zone', (vm) => vm.zoneUuid),
  zonename: field.string('the name of its zone', (vm) => vm.zoneName),
  podid: field.string('the pod of its addresses', (vm) => vm.podUuid),
  podname: field.string('the name of that pod', (vm) => vm.podName),
  hostid: field.string('the host that it runs on', (vm) => vm.hostUuid),
  hostname: field.string('the name of that host', (vm) => vm.hostName),
  hostcontrolstate: field.string('whether that host answers', (vm) => vm.hostState),
  hypervisor: field.string('the hypervisor it runs under', (vm) => vm.hypervisor),
  arch: field.string('its processor architecture', (vm) => vm.arch),
  privateip: field.string("its address among the pod's hosts", (vm) => address(vm.privateIp)),
  privatemacaddress: field.string('the MAC address of that card', (vm) => vm.privateMac),
  privatenetmask: field.string('the netmask of that address', (vm) => netmask(vm.privatePrefix)),
  publicip: field.string('by which address others reach it: in a basic zone the same', (vm) => address(vm.privateIp)),
  publicmacaddress: field.string('the MAC address of that card', (vm) => vm.privateMac),
  publicnetmask: field.string('the netmask of that address', (vm) => netmask(vm.privatePrefix)),
  gateway: field.string('its gateway', (vm) => address(vm.gateway)),
  linklocalip: field.string('its address on the control network of its host', (vm) => address(vm.controlIp)),
  linklocalmacaddress: field.string('the MAC address of that card', (vm) => vm.controlMac),
  linklocalnetmask: field.string('the netmask of that address', (vm) => netmask(vm.controlPrefix)),
  dns1: field.string('its first name server', (vm) => vm.dns1),
  dns2: field.string('its second name server', (vm) => vm.dns2),
  networkdomain: field.string('the DNS suffix of its zone', (vm) => vm.networkDomain),
  templateid: field.string('the template of its root disk', (vm) => vm.templateUuid),
  templatename: field.string('the name of that template', (vm) => vm.templateName),
  serviceofferingid: field.string('the offering that gives its size', (vm) => vm.offeringUuid),
  serviceofferingname: field.string('the name of that offering', (vm) => vm.offeringName),
  isdynamicallyscalable: field.boolean('whether its size may change while it runs', () => false),
  created: field.date('when it was made', (vm) => vm.created),
});
