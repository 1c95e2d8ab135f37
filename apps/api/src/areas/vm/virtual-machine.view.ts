// The virtual machine as answers show it, and how its rows are read.
import { formatDomainPath, formatIpv4, instanceNameOf } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { field, type Flag, view } from '../../kernel/command/view.ts';
import { selectRows, source, Where } from '../../kernel/command/source.ts';
import { type MemberGroup, memberGroupsSql, memberGroupView } from '../security-group/member-group.view.ts';
import { type NicRow, nicSource, nicView } from './nic.view.ts';

export interface VirtualMachineRow {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly displayName: string;
  readonly groupName: string;
  readonly accountId: number;
  readonly accountName: string;
  readonly domainUuid: string;
  readonly domainName: string;
  readonly domainPath: string;
  readonly userUuid: string | null;
  readonly username: string | null;
  readonly state: string;
  readonly stateChangedAt: Date;
  readonly created: Date;
  readonly haEnabled: Flag;
  readonly displayVm: Flag;
  readonly zoneUuid: string;
  readonly zoneName: string;
  readonly hostUuid: string | null;
  readonly hostName: string | null;
  readonly hypervisor: string;
  readonly arch: string;
  readonly templateUuid: string;
  readonly templateName: string;
  readonly templateDisplayText: string;
  readonly templateFormat: string;
  readonly templateType: string;
  readonly passwordEnabled: Flag;
  readonly isoUuid: string | null;
  readonly isoName: string | null;
  readonly isoDisplayText: string | null;
  readonly offeringUuid: string;
  readonly offeringName: string;
  readonly cpuCount: number;
  readonly cpuMhz: number;
  readonly memoryMib: number;
  readonly osTypeUuid: string;
  readonly osTypeName: string;
  /** The job that is at work on it. */
  readonly jobUuid: string | null;
  readonly keyPairs: string | null;
  /** Only in the result of the job that made it. */
  readonly password?: string;
  nics?: readonly NicRow[];
  groups?: readonly MemberGroup[];
}

export const virtualMachineSource = source<VirtualMachineRow>({
  from: 'virtual_machine vm',
  joins: [
    'JOIN account a ON a.id = vm.account_id',
    'JOIN domain d ON d.id = vm.domain_id',
    'LEFT JOIN user u ON u.id = vm.user_id',
    'JOIN zone z ON z.id = vm.zone_id',
    'LEFT JOIN host h ON h.id = vm.host_id',
    'JOIN template t ON t.id = vm.template_id',
    'LEFT JOIN template iso ON iso.id = vm.iso_id',
    'JOIN service_offering o ON o.id = vm.service_offering_id',
    'JOIN guest_os_type os ON os.id = vm.os_type_id',
    "LEFT JOIN job j ON j.held_subject = CONCAT('VirtualMachine:', vm.uuid)",
  ],
  columns: {
    id: 'vm.id',
    uuid: 'vm.uuid',
    name: 'vm.name',
    displayName: 'vm.display_name',
    groupName: 'vm.group_name',
    accountId: 'vm.account_id',
    accountName: 'a.name',
    domainUuid: 'd.uuid',
    domainName: 'd.name',
    domainPath: 'd.path',
    userUuid: 'u.uuid',
    username: 'u.username',
    state: 'vm.state',
    stateChangedAt: 'vm.state_changed_at',
    created: 'vm.created',
    haEnabled: 'vm.ha_enabled',
    displayVm: 'vm.display_vm',
    zoneUuid: 'z.uuid',
    zoneName: 'z.name',
    hostUuid: 'h.uuid',
    hostName: 'h.name',
    hypervisor: 'vm.hypervisor',
    arch: 't.arch',
    templateUuid: 't.uuid',
    templateName: 't.name',
    templateDisplayText: 't.display_text',
    templateFormat: 't.format',
    templateType: 't.type',
    passwordEnabled: 't.password_enabled',
    isoUuid: 'iso.uuid',
    isoName: 'iso.name',
    isoDisplayText: 'iso.display_text',
    offeringUuid: 'o.uuid',
    offeringName: 'o.name',
    cpuCount: 'vm.cpu_count',
    cpuMhz: 'vm.cpu_mhz',
    memoryMib: 'vm.memory_mib',
    osTypeUuid: 'os.uuid',
    osTypeName: 'os.name',
    jobUuid: 'j.uuid',
    keyPairs: "(SELECT GROUP_CONCAT(k.name ORDER BY k.position SEPARATOR ',') FROM vm_ssh_key k WHERE k.vm_id = vm.id)",
  },
  attach: async (vms, read) => {
    await attachNics(vms, read);
    await attachGroups(vms, read);
  },
});

async function attachNics(vms: VirtualMachineRow[], read: EntityManager): Promise<void> {
  const nics = await selectRows(
    nicSource,
    read,
    new Where().in(
      'n.vm_id',
      vms.map(({ id }) => id),
    ),
  );
  const byVm = Map.groupBy(nics, ({ vmId }) => vmId);
  for (const vm of vms) vm.nics = (byVm.get(vm.id) ?? []).map((nic) => ({ ...nic, vmUuid: vm.uuid }));
}

async function attachGroups(vms: VirtualMachineRow[], read: EntityManager): Promise<void> {
  const rows = await read.query<MemberGroup[]>(memberGroupsSql, [vms.map(({ id }) => id)]);
  const byVm = Map.groupBy(rows, ({ vmId }) => vmId);
  for (const vm of vms) vm.groups = byVm.get(vm.id) ?? [];
}

const administrators = { roles: ['Admin', 'ResourceAdmin'] } as const;

export const virtualMachineView = view<VirtualMachineRow>('virtualmachine', {
  id: field.string('the id of the virtual machine', (vm) => vm.uuid),
  name: field.string('the host name of the guest', (vm) => vm.name),
  displayname: field.string('the name people gave it', (vm) => vm.displayName),
  instancename: field.string('what the hypervisor calls it', (vm) => instanceNameOf(vm.accountId, vm.id), administrators),
  account: field.string('the account it belongs to', (vm) => vm.accountName),
  domainid: field.string('the domain of that account', (vm) => vm.domainUuid),
  domain: field.string('the name of that domain', (vm) => vm.domainName),
  domainpath: field.string('the path of that domain', (vm) => formatDomainPath(vm.domainPath)),
  userid: field.string('the user who created it', (vm) => vm.userUuid),
  username: field.string('the name of that user', (vm) => vm.username),
  created: field.date('when it was created', (vm) => vm.created),
  lastupdated: field.date('when its state last changed', (vm) => vm.stateChangedAt),
  state: field.string('its state', (vm) => vm.state),
  haenable: field.boolean('whether it is started again after its host failed', (vm) => vm.haEnabled),
  displayvm: field.boolean('whether it is shown to users', (vm) => vm.displayVm),
  group: field.string('the group it belongs to', (vm) => vm.groupName || null),
  zoneid: field.string('the zone it is in', (vm) => vm.zoneUuid),
  zonename: field.string('the name of that zone', (vm) => vm.zoneName),
  hostid: field.string('the host it runs on', (vm) => vm.hostUuid, administrators),
  hostname: field.string('the name of that host', (vm) => vm.hostName, administrators),
  hypervisor: field.string('the hypervisor it runs under', (vm) => vm.hypervisor),
  arch: field.string('its processor architecture', (vm) => vm.arch),
  templateid: field.string('the template it was made from', (vm) => vm.templateUuid),
  templatename: field.string('the name of that template', (vm) => vm.templateName),
  templatedisplaytext: field.string('the description of that template', (vm) => vm.templateDisplayText),
  templateformat: field.string('the format of that template', (vm) => vm.templateFormat),
  templatetype: field.string('the kind of that template', (vm) => vm.templateType),
  passwordenabled: field.boolean('whether its password can be reset', (vm) => vm.passwordEnabled),
  isoid: field.string('the ISO in its drive', (vm) => vm.isoUuid),
  isoname: field.string('the name of that ISO', (vm) => vm.isoName),
  isodisplaytext: field.string('the description of that ISO', (vm) => vm.isoDisplayText),
  password: field.string('the password of the guest: in the result of the job that made it, for who started that', (vm) => vm.password),
  serviceofferingid: field.string('its service offering', (vm) => vm.offeringUuid),
  serviceofferingname: field.string('the name of its service offering', (vm) => vm.offeringName),
  cpunumber: field.integer('how many CPUs it has', (vm) => vm.cpuCount),
  cpuspeed: field.integer('the speed of one CPU in MHz', (vm) => vm.cpuMhz),
  memory: field.integer('its memory in MiB', (vm) => vm.memoryMib),
  guestosid: field.string('its OS type', (vm) => vm.osTypeUuid),
  ostypeid: field.string('its OS type', (vm) => vm.osTypeUuid),
  osdisplayname: field.string('the name of its OS type', (vm) => vm.osTypeName),
  rootdeviceid: field.long('the position of its root disk', () => 0),
  rootdevicetype: field.string('the kind of storage of its root disk', () => 'ROOT'),
  ipaddress: field.string('the address of its default network card', (vm) => {
    const ip = vm.nics?.[0]?.ip;
    return ip === null || ip === undefined ? null : formatIpv4(ip);
  }),
  nic: field.list('its network cards', nicView, (vm) => vm.nics),
  securitygroup: field.list('its security groups', memberGroupView, (vm) => vm.groups),
  affinitygroup: field.strings('its affinity groups', () => []),
  keypairs: field.string('the names of the SSH key pairs it was given', (vm) => vm.keyPairs),
  keypair: field.string('the same, for older clients', (vm) => vm.keyPairs),
  tags: field.strings('its tags', () => []),
  jobid: field.string('the job that is at work on it', (vm) => vm.jobUuid),
  jobstatus: field.integer('0: that job is running', (vm) => (vm.jobUuid === null ? null : 0)),
});
