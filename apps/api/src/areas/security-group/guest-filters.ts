// The filters of machines' cards, computed from rows, and brought to their hosts.
import { compileGuestFilter, type GroupRule, guestTapName, guestTapPrefixOf, type Ipv4, type RuleDirection } from '@strata/domain';
import { DriverError, guestFilterDigest, type GuestFilterSpec } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import type { Log } from '../../kernel/log/log.ts';
import type { HostDrivers } from '../host/host-drivers.ts';

/** What of a step or reconciler this needs. */
export interface FilterTools {
  readonly read: EntityManager;
  readonly drivers: HostDrivers;
  readonly log: Log;
}

/** One row for each card and rule that concerns it. */
interface CardRow {
  readonly vmId: number;
  readonly deviceId: number;
  readonly mac: string;
  readonly ip: Ipv4 | null;
  readonly hasGroups: 0 | 1;
  readonly bridge: string;
  /** Comma-separated numbers. */
  readonly routers: string | null;
  readonly ruleId: number | null;
  readonly direction: RuleDirection;
  readonly protocol: string;
  readonly startPort: number | null;
  readonly endPort: number | null;
  readonly icmpType: number | null;
  readonly icmpCode: number | null;
  readonly cidr: string | null;
  readonly members: string | null;
  /** Whether rules of any group name one of the machine's groups. */
  readonly isNamed: 0 | 1;
}

export interface MachineFilters {
  readonly filters: readonly GuestFilterSpec[];
  /** Filters of other machines depend on this one's address. */
  readonly isNamed: boolean;
}

/**
 * Members count with the addresses that they hold, running or not: nobody else in the zone can have those until they are expunged. In other zones
 * others may have them.
 */
const cardsSql = `SELECT n.vm_id AS vmId, n.device_id AS deviceId, n.mac, n.ip, z.security_groups_enabled AS hasGroups, h.guest_bridge AS bridge,
    (SELECT GROUP_CONCAT(sn.ip) FROM system_nic sn JOIN system_vm s ON s.id = sn.system_vm_id
     WHERE sn.network_id = n.network_id AND sn.purpose = 'guest' AND s.pod_id = h.pod_id) AS routers,
    r.id AS ruleId, r.direction, r.protocol, r.start_port AS startPort, r.end_port AS endPort, r.icmp_type AS icmpType, r.icmp_code AS icmpCode,
    r.cidr, (SELECT GROUP_CONCAT(pn.ip) FROM vm_security_group pm JOIN nic pn ON pn.vm_id = pm.vm_id JOIN virtual_machine pv ON pv.id = pm.vm_id
      WHERE pm.group_id = r.peer_group_id AND pv.zone_id = vm.zone_id AND pv.state <> 'Expunging') AS members,
    EXISTS (SELECT 1 FROM security_group_rule x WHERE x.peer_group_id = m.group_id) AS isNamed
  FROM nic n JOIN virtual_machine vm ON vm.id = n.vm_id JOIN zone z ON z.id = vm.zone_id JOIN host h ON h.id = ?
    LEFT JOIN vm_security_group m ON m.vm_id = n.vm_id LEFT JOIN security_group_rule r ON r.group_id = m.group_id`;

/** The filters that these machines are to have on the host: one statement. */
export async function filtersOf(read: EntityManager, hostId: number, vmIds: readonly number[]): Promise<MachineFilters> {
  if (vmIds.length === 0) return { filters: [], isNamed: false };
  return compile(await read.query<CardRow[]>(`${cardsSql} WHERE n.vm_id IN (?)`, [hostId, vmIds]));
}

/** The filters that the host is to have for the machines whose place it is. */
export async function filtersOnHost(read: EntityManager, hostId: number): Promise<readonly GuestFilterSpec[]> {
  return compile(await read.query<CardRow[]>(`${cardsSql} WHERE vm.host_id = h.id`, [hostId])).filters;
}

function compile(rows: readonly CardRow[]): MachineFilters {
  const cards = Map.groupBy(rows, ({ vmId, deviceId }) => guestTapName(vmId, deviceId));
  const filters = [...cards].map(([tap, [card, ...others]]) => {
    const { mac, ip, routers, bridge, hasGroups } = card!;
    const rules = hasGroups ? [card!, ...others].filter(({ ruleId }) => ruleId !== null).map(ruleOf) : null;
    const filter = compileGuestFilter({ tap, mac, ips: ip === null ? [] : [ip], routers: numbers(routers), rules });
    return { ...filter, bridge };
  });
  return { filters, isNamed: rows.some(({ isNamed }) => Boolean(isNamed)) };
}

function ruleOf({ direction, protocol, startPort, endPort, icmpType, icmpCode, cidr, members }: CardRow): GroupRule {
  return { direction, protocol, startPort, endPort, icmpType, icmpCode, cidr, members: cidr === null ? numbers(members) : null };
}

function numbers(list: string | null): number[] {
  return list === null ? [] : list.split(',').map(Number);
}

/**
 * Loads the filters of a machine onto a host where it is about to run: before it starts there, and before it is switched over when it migrates.
 * @throws DriverError when the host does not take them; the machine must not run there then
 */
export async function applyFiltersOf({ id }: { readonly id: number }, hostId: number, tools: FilterTools): Promise<void> {
  const { filters, isNamed } = await filtersOf(tools.read, hostId, [id]);
  const { driver, address } = await tools.drivers.for(hostId);
  await driver.filters.apply(address, filters);
  if (isNamed) await refreshFilters(await placesNaming(tools.read, id), tools);
}

/** Before an expunged machine gives its address back: whoever has it next is no member of the groups that let it in. */
export async function closeToMember(vmId: number, tools: FilterTools): Promise<void> {
  await refreshFilters(await placesNaming(tools.read, vmId), tools);
}

/** Takes the filters of a machine from a host that it has left. None there: fine. */
export async function removeFiltersOf(vmId: number, hostId: number, { drivers }: Pick<FilterTools, 'drivers'>): Promise<void> {
  const { driver, address } = await drivers.for(hostId);
  await driver.filters.remove(address, guestTapPrefixOf(vmId));
}

export interface MachinePlace {
  readonly vmId: number;
  readonly hostId: number;
}

/**
 * A machine that migrates has its filters on both hosts: what changes meanwhile counts where it arrives. Nobody waits for hosts that are known not
 * to answer: the reconciler brings them in line when they are Up again.
 */
const hostsOfVm = "JOIN host h ON h.id IN (vm.host_id, vm.target_host_id) AND h.state = 'Up'";

/** Machines in the group that have a place on a host. */
export async function placesOfGroup(read: EntityManager, groupId: number): Promise<MachinePlace[]> {
  return read.query<MachinePlace[]>(
    `SELECT vm.id AS vmId, h.id AS hostId FROM vm_security_group m JOIN virtual_machine vm ON vm.id = m.vm_id ${hostsOfVm} WHERE m.group_id = ?`,
    [groupId],
  );
}

/** Machines elsewhere whose rules name a group of this machine. */
async function placesNaming(read: EntityManager, vmId: number): Promise<MachinePlace[]> {
  return read.query<MachinePlace[]>(
    `SELECT DISTINCT vm.id AS vmId, h.id AS hostId FROM vm_security_group own JOIN security_group_rule r ON r.peer_group_id = own.group_id
       JOIN vm_security_group m ON m.group_id = r.group_id JOIN virtual_machine vm ON vm.id = m.vm_id ${hostsOfVm}
     WHERE own.vm_id = ? AND vm.id <> ?`,
    [vmId, vmId],
  );
}

const parallelHosts = 32;
/** Enough for rules that keep changing meanwhile; the reconciler does the rest. */
const rounds = 5;

/** Brings changed filters to the hosts of these machines. Hosts that do not take them now are left to the reconciler. */
export async function refreshFilters(places: readonly MachinePlace[], tools: FilterTools): Promise<void> {
  const hosts = [...Map.groupBy(places, ({ hostId }) => hostId)];
  await eachWithLimit(hosts, parallelHosts, async ([hostId, machines]) => {
    try {
      await refreshHost(
        hostId,
        machines.map(({ vmId }) => vmId),
        tools,
      );
    } catch (error) {
      if (!(error instanceof DriverError)) throw error;
      tools.log.warn({ hostId, err: error }, 'a host did not take changed filters: the guest-filters reconciler tries again');
    }
  });
}

/** Reads again after each load: whoever else loads older filters meanwhile has read before, and is corrected here or corrects us. */
async function refreshHost(hostId: number, vmIds: readonly number[], { read, drivers }: FilterTools): Promise<void> {
  const { driver, address } = await drivers.for(hostId);
  const loaded = new Map<string, string>();
  for (let round = 1; round <= rounds; round += 1) {
    const { filters } = await filtersOf(read, hostId, vmIds);
    const changed = filters.filter((filter) => loaded.get(filter.tap) !== guestFilterDigest(filter));
    if (changed.length === 0) return;
    await driver.filters.apply(address, changed);
    for (const filter of changed) loaded.set(filter.tap, guestFilterDigest(filter));
  }
}
