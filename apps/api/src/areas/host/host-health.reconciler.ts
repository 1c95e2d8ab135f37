// Pings every host, and moves it through Disconnected, Down, Alert and back to Up as it answers. Writes nothing while nothing changes.
import { setTimeout as sleep } from 'node:timers/promises';
import { hostLifecycle, type HostState, Problem } from '@strata/domain';
import { DriverError } from '@strata/hypervisor';
import { eachWithLimit } from '../../kernel/each-with-limit.ts';
import { transition } from '../../kernel/db/transition.ts';
import { reconciler, type ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import { explainRefusal } from './explain-refusal.ts';
import { downCause, unfitCause } from './host-alerts.ts';
import type { HostConnection, HostDrivers } from './host-drivers.ts';
import { assertFit } from './host-inspection.ts';
import { mountPools, type PoolMount, poolsOf, unmountPools } from './host-mounts.ts';
import { enterAlert, enterUp, getHost } from './host-rows.ts';
import { Host } from './host.entity.ts';
import { downAfterSeconds, missedPingsToDisconnect } from './host.settings.ts';
import { inspectAgain } from './inspect-again.ts';

interface Watched {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly state: HostState;
}

type Answer = { readonly kind: 'well' } | { readonly kind: 'silent' | 'unfit'; readonly reason: string };

const parallelHosts = 64;
const pingLimitMs = 5_000;
const pauseMs = 1_000;

/**
 * Hosts whose mounts were looked at and which have answered every ping since. A server that has just started knows of none: a host may have
 * been rebooted meanwhile.
 */
const steadyOf = new WeakMap<HostDrivers, Set<number>>();

export const hostHealthReconciler = reconciler({
  name: 'host-health',
  about: 'Pings hosts and keeps their states: Up, Disconnected, Down, Alert.',
  everyMs: 10_000,
  async run(ctx) {
    const hosts = await ctx.read.query<Watched[]>(
      `SELECT h.id, h.uuid, h.name, h.state FROM host h
       WHERE h.ready AND NOT EXISTS (SELECT 1 FROM job j WHERE j.held_subject = CONCAT('Host:', h.uuid))`,
    );
    const steady = steadyOf.get(ctx.drivers) ?? new Set<number>();
    steadyOf.set(ctx.drivers, steady);
    await eachWithLimit(hosts, parallelHosts, (host) => watch(ctx, host, steady));
  },
});

async function watch(ctx: ReconcilerContext, host: Watched, steady: Set<number>): Promise<void> {
  try {
    const connection = await ctx.drivers.for(host.id);
    const patience = host.state === 'Up' ? ctx.settings.get(missedPingsToDisconnect) : 1;
    const answer = await pingPatiently(connection, patience, () => steady.delete(host.id));
    if (answer.kind !== 'well') return await note(ctx, host, answer);
    if (host.state !== 'Up') await welcomeBack(ctx, host, connection);
    else if (!steady.has(host.id)) await mountAgain(ctx, host, connection);
    steady.add(host.id);
  } catch (error) {
    // One host must not keep the others from being looked at: the next run tries again.
    ctx.log.warn({ host: host.name, err: error }, 'the state of a host could not be kept');
  }
}

/** A host that misses a ping is asked again soon: misses need not be remembered between runs or restarts. */
async function pingPatiently(connection: HostConnection, attempts: number, onMiss: () => void): Promise<Answer> {
  for (let attempt = 1; ; attempt += 1) {
    const answer = await ping(connection);
    if (answer.kind === 'well') return answer;
    onMiss();
    if (attempt >= attempts) return answer;
    await sleep(pauseMs);
  }
}

async function ping({ driver, address }: HostConnection): Promise<Answer> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () =>
        reject(
          new DriverError('unreachable', `${address.address} did not answer a ping within ${pingLimitMs / 1_000} s`, {
            reason: 'timedOut',
          }),
        ),
      pingLimitMs,
    );
  });
  try {
    await Promise.race([driver.pingHost(address), tooLate]);
    return { kind: 'well' };
  } catch (error) {
    return answerOf(error, { driver, address });
  } finally {
    clearTimeout(timer);
  }
}

/** What an error says of the host. @throws the error when it says nothing */
function answerOf(error: unknown, { address }: HostConnection): Answer {
  if (error instanceof Problem) return { kind: 'unfit', reason: error.message };
  if (!(error instanceof DriverError)) throw error;
  if (error.kind === 'busy') return { kind: 'well' };
  const reason = explainRefusal(error, address)?.message ?? error.message;
  // Drivers name a reason when the host itself is out of reach; without one it answered for a hypervisor that does not.
  return { kind: error.kind === 'unreachable' && error.reason !== undefined ? 'silent' : 'unfit', reason };
}

/** It answers again: inspected as when it was added, then Up, or in Alert with the reason. */
async function welcomeBack(ctx: ReconcilerContext, { id, uuid }: Watched, connection: HostConnection): Promise<void> {
  const host = await getHost(ctx.read, id);
  try {
    const inspection = await inspectAgain(ctx, host, connection);
    assertFit(host.address, inspection.checks);
    await ctx.transaction(({ tx }) => enterUp(tx, host, inspection));
  } catch (error) {
    const answer = answerOf(error, connection);
    if (answer.kind === 'unfit') await alarm(ctx, host, answer.reason);
    return;
  }
  await ctx.alerts.clear(downCause(uuid));
  await ctx.alerts.clear(unfitCause(uuid));
  ctx.log.info({ host: host.name }, 'a host is Up again');
}

/** A host that was rebooted has none of its mounts. One that can't have them back can't serve. */
async function mountAgain(ctx: ReconcilerContext, { id }: Watched, connection: HostConnection): Promise<void> {
  const host = await getHost(ctx.read, id);
  const present = new Set((await connection.driver.mounts.list(connection.address)).map(({ uuid }) => uuid));
  const absent = (await poolsOf(ctx.read, host)).filter(({ uuid }) => !present.has(uuid));
  try {
    await mountPools(connection, absent);
  } catch (error) {
    const answer = answerOf(error, connection);
    if (answer.kind === 'unfit') return alarm(ctx, host, answer.reason);
    throw error;
  }
  await letGoOfRemoved(ctx, host, connection, absent);
  if (absent.length > 0) ctx.log.info({ host: host.name, pools: absent.map(({ name }) => name) }, 'primary storage was mounted again');
}

/** Storage whose removal began while it was being mounted here: its hosts may have let go of it already. */
async function letGoOfRemoved(
  ctx: ReconcilerContext,
  host: Host,
  connection: HostConnection,
  mounted: readonly PoolMount[],
): Promise<void> {
  if (mounted.length === 0) return;
  const wanted = new Set((await poolsOf(ctx.read, host)).map(({ uuid }) => uuid));
  await unmountPools(
    connection,
    mounted.filter(({ uuid }) => !wanted.has(uuid)),
  );
}

async function note(ctx: ReconcilerContext, watched: Watched, answer: Exclude<Answer, { kind: 'well' }>): Promise<void> {
  const host = await getHost(ctx.read, watched.id);
  if (answer.kind === 'unfit') return alarm(ctx, host, answer.reason);
  const now = ctx.clock.now();
  if (host.state === 'Disconnected') {
    const forMs = now.getTime() - (host.disconnectedAt ?? now).getTime();
    if (forMs < ctx.settings.get(downAfterSeconds) * 1_000) return;
    await ctx.transaction(({ tx }) => transition(tx, Host, host, hostLifecycle, 'declaredDown'));
    return raise(ctx, host, downCause(host.uuid), `host ${host.name} is down`, answer.reason);
  }
  if (!hostLifecycle.can(host.state, 'unreachable')) return;
  await ctx.transaction(({ tx }) =>
    transition(tx, Host, host, hostLifecycle, 'unreachable', { disconnectedAt: now, stateReason: answer.reason.slice(0, 1_024) }),
  );
  await raise(ctx, host, downCause(host.uuid), `host ${host.name} does not answer`, answer.reason);
}

/** It answers but can't serve. The same reason again writes nothing. */
async function alarm(ctx: ReconcilerContext, host: Host, reason: string): Promise<void> {
  const text = reason.slice(0, 1_024);
  if (host.state === 'Alert' && host.stateReason === text) return;
  await ctx.transaction(async ({ tx }) => {
    if (host.state === 'Alert') await tx.update(Host, { id: host.id, version: host.version }, { stateReason: text });
    else await enterAlert(tx, host, text);
  });
  await raise(ctx, host, unfitCause(host.uuid), `host ${host.name} answers but can't serve`, reason);
}

async function raise(ctx: ReconcilerContext, host: Host, cause: string, subject: string, content: string): Promise<void> {
  ctx.log.warn({ host: host.name, reason: content }, subject);
  await ctx.alerts.raise({ type: 'ALERT.HOST', cause, subject, content, zoneId: host.zoneId, podId: host.podId });
}
