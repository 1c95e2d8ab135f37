// deployVirtualMachine
import { randomUUID } from 'node:crypto';
import {
  computeOf,
  type ComputeOffering,
  machineNames,
  parseDisplayName,
  parseChosenMac,
  parseIpv4,
  problem,
  type VmId,
} from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { everyRole } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { ownerParams, resolveOwner } from '../account/owner.ts';
import type { NetworkChoice } from '../network/guest-addresses.ts';
import { Network } from '../network/network.entity.ts';
import { DiskOffering } from '../offering/disk-offering.entity.ts';
import { ServiceOffering } from '../offering/service-offering.entity.ts';
import { newPassword, storePassword } from '../router/machine-passwords.ts';
import { findKeyPairs, insertKeys, keyPairParams } from '../ssh-key-pair/machine-keys.ts';
import { chooseGroups, groupParams } from '../security-group/membership.ts';
import { systemVmsWanted } from '../system-vm/system-vm.settings.ts';
import { Template } from '../template/template.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { allocateMachine } from './allocate-machine.ts';
import { deployVm, registerVm } from './deploy-vm.saga.ts';
import { destinationOf, destinationParams } from './destination.ts';
import { newDisks } from './new-disks.ts';
import { offeringRequest, placeMachine, type Placed } from './place-machine.ts';
import { storeUserData, userDataParam } from './user-data.ts';
import { virtualMachineView } from './virtual-machine.view.ts';
import { vmSubject } from './vm-rows.ts';

export const deployVirtualMachine = command({
  name: 'deployVirtualMachine',
  about: 'Creates a virtual machine from a template, or with an empty disk beside an ISO, and starts it.',
  roles: everyRole,
  async: true,
  creates: true,
  event: 'VM.CREATE',
  since: '1.0',
  params: {
    zoneid: param.ref(Zone, { required: true, access: 'use', about: 'the zone it goes to' }),
    templateid: param.ref(Template, {
      required: true,
      access: 'use',
      about: 'the template of its root disk, or the ISO that it boots from',
    }),
    serviceofferingid: param.ref(ServiceOffering, { required: true, access: 'use', about: 'how much CPU and memory it gets' }),
    name: param.string({ about: 'the host name of the guest; made from its id when absent' }),
    displayname: param.string({ about: 'a name for people; the host name when absent' }),
    group: param.string({ about: 'the group it belongs to' }),
    details: param.details({ about: 'cpuNumber, cpuSpeed and memory for offerings that leave them open' }),
    rootdisksize: param.long({ about: 'size of the root disk in GiB, when it is to be larger than the template' }),
    diskofferingid: param.ref(DiskOffering, { access: 'use', about: 'adds a data disk of this offering; with an ISO it is the root disk' }),
    size: param.long({ about: 'size of that disk in GiB, for offerings that leave it open' }),
    networkids: param.refs(Network, { access: 'use', about: 'the network of its card; the guest network of a basic zone when absent' }),
    ipaddress: param.string({ about: 'the IPv4 address of its card' }),
    macaddress: param.string({ about: 'the MAC address of its card: a locally administered one, such as 02:00:00:00:00:01' }),
    ...destinationParams,
    hypervisor: param.string({ about: 'the hypervisor, which must be that of the template; with an ISO that of the hosts' }),
    startvm: param.boolean({ about: 'false: only create it; it is Stopped then' }),
    userdata: userDataParam,
    ...keyPairParams,
    ...groupParams,
    displayvm: param.boolean({ roles: ['Admin', 'ResourceAdmin'], about: 'whether it is shown to users' }),
    ...ownerParams,
  },
  returns: virtualMachineView,
  async execute({ zoneid: zone, templateid: template, serviceofferingid: offering, startvm = true, ...args }, ctx) {
    const { tx, jobs, clock, settings } = ctx;
    const uuid = randomUUID();
    const owner = await resolveOwner(args, ctx);
    const keyPairs = await findKeyPairs(tx, owner.accountId, args);
    const groupIds = await chooseGroups(tx, zone, owner.accountId, args);
    const names = machineNames({ name: args.name, displayName: args.displayname }, uuid);
    const compute = computeOf(computeOffering(offering), args.details);
    const hypervisor = template.kind === 'ISO' ? await hypervisorFor(tx, zone, args.hypervisor) : template.hypervisor;
    if (args.hypervisor && args.hypervisor.toLowerCase() !== hypervisor.toLowerCase()) {
      throw problem(
        'invalid',
        `parameter hypervisor is ${args.hypervisor}, but template ${template.name} is for ${hypervisor}: leave hypervisor out or choose another template`,
      );
    }
    if (offering.isSystem) throw problem('invalid', `service offering ${offering.name} is for system machines: choose another`);
    const disks = newDisks(template, offering, args);
    const machine = {
      uuid,
      name: names.hostName,
      displayName: names.displayName,
      groupName: args.group === undefined ? '' : parseDisplayName(args.group, 'group'),
      accountId: owner.accountId,
      domainId: owner.domainId,
      userId: ctx.caller.userId,
      zoneId: zone.id,
      templateId: template.id,
      isoId: template.kind === 'ISO' ? template.id : null,
      serviceOfferingId: offering.id,
      osTypeId: template.osTypeId,
      hypervisor,
      cpuCount: compute.cpuCores,
      cpuMhz: compute.cpuMhz,
      memoryMib: compute.memoryMib,
      haEnabled: offering.offerHa,
      displayVm: args.displayvm ?? true,
      created: clock.now(),
    };
    const network = networkOf(zone, args.networkids);
    const diskBytes = disks.reduce((sum, disk) => sum + disk.sizeBytes, 0);
    const placed = startvm
      ? await placeMachine(tx, settings, {
          ...offeringRequest(machine, offering, template),
          diskBytes,
          hostId: args.hostid?.id,
          within: destinationOf(args),
        })
      : undefined;
    await refuseMissingTemplate(tx, zone, template, placed);
    const { vm, plan } = await allocateMachine(tx, {
      machine,
      template,
      disks,
      network,
      placed,
      wantedIp: args.ipaddress === undefined ? undefined : parseIpv4(args.ipaddress, 'ipaddress'),
      groupIds,
      mac: args.macaddress === undefined ? undefined : parseChosenMac(args.macaddress, 'macaddress'),
    });
    if (args.userdata !== undefined) await storeUserData(ctx, vm.id, args.userdata);
    await insertKeys(tx, vm.id, keyPairs);
    const givesPassword = template.passwordEnabled && settings.get(systemVmsWanted, { scope: 'zone', id: zone.id });
    if (givesPassword) await storePassword(ctx, vm.id, newPassword());
    const subject = vmSubject(vm);
    const vmId = vm.id as VmId;
    return plan
      ? jobs.start(deployVm, { vmId, plan, givesPassword }, { subject, fresh: true })
      : jobs.start(registerVm, { vmId, givesPassword }, { subject, fresh: true });
  },
});

function computeOffering({
  name,
  cpuNumber,
  cpuSpeedMhz,
  memoryMib,
  minCpuNumber,
  maxCpuNumber,
  minMemoryMib,
  maxMemoryMib,
}: ServiceOffering): ComputeOffering {
  return {
    name,
    cpuCores: cpuNumber,
    cpuMhz: cpuSpeedMhz,
    memoryMib,
    minCpuCores: minCpuNumber,
    maxCpuCores: maxCpuNumber,
    minMemoryMib,
    maxMemoryMib,
  };
}

/** The network asked for, or the guest network of a basic zone. */
function networkOf(zone: Zone, wanted: readonly Network[] | undefined): NetworkChoice {
  if (wanted && wanted.length > 1)
    throw problem('invalid', 'parameter networkids names several networks: a machine has one card when it is created');
  const network = wanted?.[0];
  if (!network) {
    if (zone.networkType !== 'Basic')
      throw problem('invalid', `parameter networkids is missing: zone ${zone.name} has no common guest network`);
    return { guestNetworkOfZone: zone.id };
  }
  if (network.zoneId !== zone.id) throw problem('invalid', `network ${network.name} is not in zone ${zone.name}: choose one of that zone`);
  if (network.trafficType !== 'Guest') throw problem('invalid', `network ${network.name} is not for guests: choose a guest network`);
  return { id: network.id };
}

/** ISOs are for every hypervisor: the one asked for, or that of the zone's hosts. */
async function hypervisorFor(tx: EntityManager, zone: Zone, asked: string | undefined): Promise<string> {
  const rows = await tx.query<{ hypervisor: string }[]>('SELECT DISTINCT hypervisor FROM cluster WHERE zone_id = ? ORDER BY hypervisor', [
    zone.id,
  ]);
  const found = asked === undefined ? rows[0] : rows.find(({ hypervisor }) => hypervisor.toLowerCase() === asked.toLowerCase());
  if (!found || (asked === undefined && rows.length > 1))
    throw problem(
      'invalid',
      `parameter hypervisor: an ISO does not tell it, and zone ${zone.name} has ${rows.map(({ hypervisor }) => hypervisor).join(', ') || 'no hosts'}: name one of them`,
    );
  return found.hypervisor;
}

/** The chosen pool has the template, or secondary storage of the zone can give it. */
async function refuseMissingTemplate(tx: EntityManager, zone: Zone, template: Template, placed: Placed | undefined): Promise<void> {
  if (placed?.pool.templateState === 'Ready') return;
  const copies = await tx.query<{ state: string; error: string }[]>(
    "SELECT state, error FROM template_copy WHERE template_id = ? AND zone_id = ? AND store_kind = 'image'",
    [template.id, zone.id],
  );
  if (copies.some(({ state }) => state === 'Ready')) return;
  const failed = copies.every(({ state }) => state === 'Failed') ? copies[0] : undefined;
  const start = `template ${template.name} is not ready in zone ${zone.name}`;
  if (!failed) throw problem('invalid', `${start}: wait until listTemplates shows isready=true for that zone`);
  const remedy =
    template.url === ''
      ? 'delete it, and upload or install it again'
      : 'repair that and call retryTemplateDownload, or register it again with another address';
  throw problem('invalid', `${start}, its download failed: ${failed.error || 'the reason is not known'}. Next: ${remedy}`);
}
