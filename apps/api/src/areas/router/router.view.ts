// Virtual routers in answers: the same rows as system machines, under the names that routers have.
import { formatIpv4, netmaskOfPrefix, systemVmName } from '@strata/domain';
import { field, view } from '../../kernel/command/view.ts';
import type { SystemVmRow } from '../system-vm/system-vm.view.ts';
import { defaultGuestDomain } from './guest-domain.ts';

const address = (ip: number | null) => (ip === null ? undefined : formatIpv4(ip));
const netmask = (prefix: number | null) => (prefix === null ? undefined : formatIpv4(netmaskOfPrefix(prefix)));

export const routerView = view<SystemVmRow>('router', {
  id: field.string('the id of the router', (vm) => vm.uuid),
  name: field.string('its name', (vm) => systemVmName(vm.kind, vm.id)),
  role: field.string('always VIRTUAL_ROUTER', () => 'VIRTUAL_ROUTER'),
  state: field.string('its state', (vm) => vm.state),
  agentstate: field.string('whether its agent answers and has its configuration: Up, Connecting, Disconnected', (vm) => vm.agentState),
  isredundantrouter: field.boolean('whether another stands by for it', () => false),
  redundantstate: field.string('always UNKNOWN', () => 'UNKNOWN'),
  zoneid: field.string('its zone', (vm) => vm.zoneUuid),
  zonename: field.string('the name of its zone', (vm) => vm.zoneName),
  podid: field.string('the pod whose guests it serves', (vm) => vm.podUuid),
  podname: field.string('the name of that pod', (vm) => vm.podName),
  hostid: field.string('the host that it runs on', (vm) => vm.hostUuid),
  hostname: field.string('the name of that host', (vm) => vm.hostName),
  hostcontrolstate: field.string('whether that host answers', (vm) => vm.hostState),
  hypervisor: field.string('the hypervisor it runs under', (vm) => vm.hypervisor),
  arch: field.string('its processor architecture', (vm) => vm.arch),
  guestnetworkid: field.string('the network of its guests', (vm) => vm.networkUuid),
  guestnetworkname: field.string('the name of that network', (vm) => vm.networkName),
  guestipaddress: field.string('its address among the guests', (vm) => address(vm.guestIp)),
  guestmacaddress: field.string('the MAC address of that card', (vm) => vm.guestMac),
  guestnetmask: field.string('the netmask of that address', (vm) => netmask(vm.guestPrefix)),
  gateway: field.string('its gateway', (vm) => address(vm.guestGateway)),
  networkdomain: field.string('the DNS suffix of its guests', (vm) => vm.guestDomain ?? vm.networkDomain ?? defaultGuestDomain),
  dns1: field.string('the first name server that it asks', (vm) => vm.dns1),
  dns2: field.string('the second one', (vm) => vm.dns2),
  linklocalip: field.string('its address on the control network of its host', (vm) => address(vm.controlIp)),
  linklocalmacaddress: field.string('the MAC address of that card', (vm) => vm.controlMac),
  linklocalnetmask: field.string('the netmask of that address', (vm) => netmask(vm.controlPrefix)),
  templateid: field.string('the template of its root disk', (vm) => vm.templateUuid),
  templatename: field.string('the name of that template', (vm) => vm.templateName),
  version: field.string('the version of the system VM template it booted from', (vm) => vm.templateVersion || 'UNKNOWN'),
  templateversion: field.string('the same, for older clients', (vm) => vm.templateVersion || undefined),
  softwareversion: field.string('the same', (vm) => vm.templateVersion || undefined),
  requiresupgrade: field.boolean('whether the zone has a newer template than it booted from', (vm) => Boolean(vm.requiresUpgrade)),
  serviceofferingid: field.string('the offering that gives its size', (vm) => vm.offeringUuid),
  serviceofferingname: field.string('the name of that offering', (vm) => vm.offeringName),
  account: field.string('always system', () => 'system'),
  domain: field.string('always ROOT', () => 'ROOT'),
  created: field.date('when it was made', (vm) => vm.created),
});
