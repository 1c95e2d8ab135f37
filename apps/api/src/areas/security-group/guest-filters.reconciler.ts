// Makes the filters on hosts what the rows say: after somebody flushed or changed them, a host came back, a router or a member got an address.
import { listed, vmIdOfTap } from '@strata/domain';
import { type ControlCard, DriverError, type GuestFilterReport, guestFilterDigest } from '@strata/hypervisor';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import { reconciler, type ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import { controlCardsByHost } from '../system-vm/control-cards.ts';
import { filtersOnHost, refreshFilters, removeFiltersOf } from './guest-filters.ts';

interface UpHost {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly zoneId: number;
  readonly podId: number;
}

/** Hosts asked at the same time. */
const parallelHosts = 32;

export const guestFiltersReconciler = reconciler({
  name: 'guest-filters',
  about: 'Loads filters of guests again that hosts lack or that somebody changed there, and removes those of machines that are elsewhere.',
  everyMs: 15_000,
  async run(ctx) {
    const hosts = await ctx.read.query<UpHost[]>(
      "SELECT id, uuid, name, zone_id AS zoneId, pod_id AS podId FROM host WHERE state = 'Up' AND ready",
    );
    const controlCards = await controlCardsByHost(ctx.read);
    await eachWithLimit(hosts, parallelHosts, (host) => reconcileHost(ctx, host, controlCards));
  },
});

async function reconcileHost(
  ctx: ReconcilerContext,
  host: UpHost,
  controlCards: ReadonlyMap<number, readonly ControlCard[]>,
): Promise<void> {
  const cause = `host/${host.uuid}/filters`;
  try {
    const { driver, address } = await ctx.drivers.for(host.id);
    // Who flushes the rules of a host flushes those, too, that keep system machines from it and from each other's addresses.
    const cards = controlCards.get(host.id);
    if (cards) await driver.networks.ensureControlBridge(address, cards);
    // First the host, then the rows: what a job loads between the two is not taken for a leftover.
    const loaded = await driver.filters.list(address);
    const wanted = await filtersOnHost(ctx.read, host.id);
    const digests = new Map(loaded.map(({ tap, digest }) => [tap, digest]));
    const wrong = wanted.filter((filter) => digests.get(filter.tap) !== guestFilterDigest(filter));
    if (wrong.length > 0) {
      const changed = wrong.filter(({ tap }) => digests.has(tap) && digests.get(tap) === undefined).length;
      ctx.log.info({ host: host.name, filters: wrong.length, changedOutside: changed }, 'filters of guests are loaded again');
      await driver.filters.apply(address, wrong);
      await refreshFilters(
        [...new Set(wrong.map(({ tap }) => vmIdOfTap(tap)!))].map((vmId) => ({ vmId, hostId: host.id })),
        ctx,
      );
    }
    await removeLeftovers(ctx, host, loaded, new Set(wanted.map(({ tap }) => tap)));
    await ctx.alerts.clear(cause);
  } catch (error) {
    if (!(error instanceof DriverError)) throw error;
    // Whether the host is down is for the host's own health check to say.
    if (error.kind === 'unreachable' || error.kind === 'busy') {
      ctx.log.debug({ host: host.name, err: error }, 'a host did not show or take filters of guests');
      return;
    }
    await ctx.alerts.raise({
      type: 'ALERT.HOST.FILTERS',
      subject: `host ${host.name} does not take the filters of its guests`,
      content: `${error.message}. Guests that start there are refused, and changed rules have no effect for those that run there.`,
      zoneId: host.zoneId,
      podId: host.podId,
      cause,
    });
  }
}

/** Of machines that are not on this host and that no job works on. */
async function removeLeftovers(
  ctx: ReconcilerContext,
  host: UpHost,
  loaded: readonly GuestFilterReport[],
  wanted: ReadonlySet<string>,
): Promise<void> {
  const strays = new Set(loaded.filter(({ tap }) => !wanted.has(tap)).map(({ tap }) => vmIdOfTap(tap)!));
  if (strays.size === 0) return;
  const rows = await ctx.read.query<{ id: number }[]>(
    `SELECT vm.id FROM virtual_machine vm LEFT JOIN job j ON j.held_subject = CONCAT('VirtualMachine:', vm.uuid)
     WHERE vm.id IN (?) AND (vm.host_id = ? OR j.id IS NOT NULL)`,
    [[...strays], host.id],
  );
  const gone = [...strays].filter((vmId) => !rows.some(({ id }) => id === vmId));
  for (const vmId of gone) await removeFiltersOf(vmId, host.id, ctx);
  if (gone.length > 0)
    ctx.log.info({ host: host.name, machines: listed(gone.map(String)) }, 'filters of machines that are gone were removed');
}
