// Compares the machines that hosts report with the rows, and corrects the rows. Machines that were destroyed while their host did not answer
// are ended; machines that are not ours are listed, never touched.
import { instanceNameOf, type VmEvent, vmLifecycle, type VmState } from '@strata/domain';
import type { MachineReport } from '@strata/hypervisor';
import type { EntityManager } from 'typeorm';
import { reconciler, type ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import { subjectKey } from '../../kernel/jobs/claimed-job.ts';
import { Job } from '../../kernel/jobs/job.entity.ts';
import type { HostConnection } from '../host/host-drivers.ts';
import { reconcileSystemMachines } from '../system-vm/system-power.ts';
import { chargeHostCapacity } from './place-machine.ts';
import { VirtualMachine } from './virtual-machine.entity.ts';
import { leaveHost, moveVm, quitHost, vmSubject } from './vm-rows.ts';

interface UpHost {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly zoneId: number;
  readonly podId: number;
}

/** Hosts asked at the same time. */
const parallelHosts = 32;
/** Rows younger than this may be ahead of what a host has just said. */
const settledMs = 5_000;
/** Nothing of such a machine may run anywhere. */
const doomedStates: readonly VmState[] = ['Destroyed', 'Expunging'];

export const powerStateReconciler = reconciler({
  name: 'power-state',
  about: 'Makes the states of virtual machines agree with what their hosts report.',
  everyMs: 20_000,
  async run(ctx) {
    const hosts = await ctx.read.query<UpHost[]>(
      "SELECT id, uuid, name, zone_id AS zoneId, pod_id AS podId FROM host WHERE state = 'Up' AND ready",
    );
    await eachWithLimit(hosts, parallelHosts, (host) => reconcileHost(ctx, host));
  },
});

async function reconcileHost(ctx: ReconcilerContext, host: UpHost): Promise<void> {
  const askedAt = ctx.clock.now();
  let connection: HostConnection;
  let reports: MachineReport[];
  try {
    connection = await ctx.drivers.for(host.id);
    reports = await connection.driver.listMachines(connection.address);
  } catch (error) {
    // Whether the host is down is for the host's own health check to say.
    ctx.log.debug({ host: host.name, err: error }, 'a host did not list its machines');
    return;
  }
  const settledBefore = new Date(askedAt.getTime() - settledMs);
  const running = new Map(reports.filter(({ power }) => power !== 'stopped').map((report) => [report.uuid, report]));
  const vms = await machinesConcerned(ctx.read, host.id, [...running.keys()]);
  const known = new Set(vms.map(({ uuid }) => uuid));
  for (const vm of vms) {
    if (vm.stateChangedAt > settledBefore || vm.busy) continue;
    const runsHere = running.has(vm.uuid);
    if (doomedStates.includes(vm.state))
      await endDoomed(ctx, host, vm, connection, running.get(vm.uuid)?.name ?? instanceNameOf(vm.accountId, vm.id));
    else if (vm.hostId === host.id && !runsHere) await correct(ctx, host, vm, 'powerOffReported');
    else if (vm.hostId === null && runsHere) await correct(ctx, host, vm, 'powerOnReported');
    // A second copy of a machine whose place is elsewhere.
    else if (vm.hostId !== host.id && runsHere) known.delete(vm.uuid);
  }
  for (const uuid of await reconcileSystemMachines(ctx, host, new Set(running.keys()), settledBefore)) known.add(uuid);
  await reportOrphans(ctx, host, reports, known);
}

type Concerned = Pick<VirtualMachine, 'id' | 'uuid' | 'accountId' | 'name' | 'state' | 'hostId' | 'stateChangedAt'> & {
  readonly busy: 0 | 1;
};

/** Machines that the rows place on the host, and those that the host says it runs. */
async function machinesConcerned(read: EntityManager, hostId: number, reported: readonly string[]): Promise<Concerned[]> {
  return read.query<Concerned[]>(
    `SELECT vm.id, vm.uuid, vm.account_id AS accountId, vm.name, vm.state, vm.host_id AS hostId, vm.state_changed_at AS stateChangedAt, j.id IS NOT NULL AS busy
     FROM virtual_machine vm LEFT JOIN job j ON j.held_subject = CONCAT('VirtualMachine:', vm.uuid)
     WHERE vm.host_id = ? ${reported.length === 0 ? '' : 'OR vm.uuid IN (?)'}`,
    [hostId, ...(reported.length === 0 ? [] : [reported])],
  );
}

/** What was to be gone is gone now, and its room on the host is free. */
async function endDoomed(
  ctx: ReconcilerContext,
  host: UpHost,
  doomed: Concerned,
  { driver, address }: HostConnection,
  machine: string,
): Promise<void> {
  try {
    await driver.stopMachine(address, machine, 'forced', 0);
    await driver.removeMachine(address, machine);
  } catch (error) {
    ctx.log.warn({ machine: doomed.uuid, host: host.name, err: error }, 'a destroyed machine could not be ended: the next run tries again');
    return;
  }
  await ctx.transaction(async ({ tx, events }) => {
    const vm = await idleMachine(tx, doomed);
    if (!vm || !doomedStates.includes(vm.state)) return;
    if (vm.hostId === host.id) await quitHost(tx, vm);
    const description = `virtual machine ${vm.name}, which was destroyed before, was ended on host ${host.name}`;
    events.add({ type: 'VM.DESTROY', level: 'WARN', state: 'Completed', description, subject: vmSubject(vm), accountId: vm.accountId });
    ctx.log.warn({ machine: vm.uuid, host: host.name }, 'a destroyed machine was ended');
  });
}

/** The row, locked, unless a job has begun to work on the machine or it is gone. */
async function idleMachine(tx: EntityManager, { id, uuid }: Pick<Concerned, 'id' | 'uuid'>): Promise<VirtualMachine | undefined> {
  const vm = await tx.findOne(VirtualMachine, { where: { id }, lock: { mode: 'pessimistic_write' } });
  if (!vm || (await tx.existsBy(Job, { heldSubject: subjectKey({ type: 'VirtualMachine', uuid }) }))) return undefined;
  return vm;
}

async function correct(ctx: ReconcilerContext, host: UpHost, concerned: Concerned, event: VmEvent): Promise<void> {
  await ctx.transaction(async ({ tx, events }) => {
    const vm = await idleMachine(tx, concerned);
    if (!vm || !vmLifecycle.can(vm.state, event)) return;
    const before = vm.state;
    const stopped = event === 'powerOffReported';
    if (stopped) await leaveHost(tx, vm, event, ctx.clock);
    else {
      await chargeHostCapacity(tx, host.id, vm);
      await moveVm(tx, vm.id, event, ctx.clock, { hostId: host.id });
    }
    const what = stopped
      ? `is no longer running on host ${host.name}: it was ${before} and is Stopped now`
      : `runs on host ${host.name} though it was ${before}: it is Running now`;
    events.add({
      type: stopped ? 'VM.STOP' : 'VM.START',
      level: 'WARN',
      state: 'Completed',
      description: `virtual machine ${vm.name} ${what}`,
      subject: vmSubject(vm),
      accountId: vm.accountId,
    });
    ctx.log.warn({ machine: vm.uuid, host: host.name, before }, 'a power state was changed outside');
  });
}

/** One alert a host while it runs machines that no row knows, or whose row has them elsewhere. */
async function reportOrphans(
  ctx: ReconcilerContext,
  host: UpHost,
  reports: readonly MachineReport[],
  known: ReadonlySet<string>,
): Promise<void> {
  const orphans = reports.filter(({ uuid }) => !known.has(uuid)).map(({ name }) => name);
  const cause = `host/${host.uuid}/orphans`;
  if (orphans.length === 0) return ctx.alerts.clear(cause);
  await ctx.alerts.raise({
    type: 'ALERT.HOST.ORPHANS',
    subject: `host ${host.name} runs machines that the database does not have there`,
    content: `${orphans.slice(0, 20).join(', ')}: they were left alone; stop or adopt them by hand`,
    zoneId: host.zoneId,
    podId: host.podId,
    cause,
  });
}
