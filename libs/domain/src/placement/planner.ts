// The deployment planner: chooses host and pool for a machine in one pass over the hosts.
import { alive } from './filters/alive.ts';
import { compatible } from './filters/compatible.ts';
import { cpuRoom } from './filters/cpu-room.ts';
import { enabled } from './filters/enabled.ts';
import { memoryRoom } from './filters/memory-room.ts';
import { notAvoided } from './filters/not-avoided.ts';
import { poolRoom, poolUp } from './filters/pool-room.ts';
import { hostTagged, poolTagged } from './filters/tagged.ts';
import type {
  HostCandidate,
  HostFilter,
  Placement,
  PlacementChoice,
  PlacementRequest,
  PoolCandidate,
  PoolFilter,
  Refusal,
} from './placement.ts';
import { spread } from './weighers/spread.ts';

const hostFilters: readonly HostFilter[] = [compatible, alive, enabled, hostTagged, notAvoided, cpuRoom, memoryRoom];
const poolFilters: readonly PoolFilter[] = [poolUp, poolTagged, poolRoom];

/** Choices that are kept: enough to go on when others were faster. */
const kept = 8;
/** Weights this near to the best count as equal, so that servers working at the same time do not all rush to one host. */
const nearlyEqual = 0.05;

interface Weighed extends PlacementChoice {
  readonly weight: number;
}

/** `pick(n)` gives a whole number from 0 to n - 1: it decides between nearly equal choices. */
export function planDeployment(
  request: PlacementRequest,
  hosts: readonly HostCandidate[],
  pools: readonly PoolCandidate[],
  pick: (n: number) => number,
): Placement {
  const refusals: Refusal[] = [];
  const best: Weighed[] = [];
  const poolsFor = poolChooser(request, pools);
  for (const host of hosts) {
    if (request.hostId !== undefined && host.id !== request.hostId) continue;
    const reason = firstReason(hostFilters, host, request);
    if (reason !== undefined) {
      refusals.push({ hostName: host.name, reason });
      continue;
    }
    const pool = poolsFor(host);
    if (typeof pool === 'string') {
      refusals.push({ hostName: host.name, reason: pool });
      continue;
    }
    keepBest(best, { host, pool, weight: spread(host, request) });
  }
  const top = best[0];
  if (top) {
    const equals = best.filter((choice) => choice.weight >= top.weight - nearlyEqual).length;
    best.unshift(...best.splice(pick(equals), 1));
  }
  return { choices: best.map(({ host, pool }) => ({ host, pool })), refusals };
}

function firstReason<Candidate>(
  filters: readonly ((candidate: Candidate, request: PlacementRequest) => string | undefined)[],
  candidate: Candidate,
  request: PlacementRequest,
): string | undefined {
  for (const filter of filters) {
    const reason = filter(candidate, request);
    if (reason !== undefined) return reason;
  }
  return undefined;
}

function keepBest(best: Weighed[], choice: Weighed): void {
  const last = best.at(-1);
  if (best.length >= kept && last && last.weight >= choice.weight) return;
  let at = best.length;
  while (at > 0 && (best[at - 1]?.weight ?? 0) < choice.weight) at--;
  best.splice(at, 0, choice);
  if (best.length > kept) best.pop();
}

/** Looks at each pool once: afterwards a host finds the roomiest pool of its own, its cluster or its zone, or the reason why there is none. */
function poolChooser(request: PlacementRequest, pools: readonly PoolCandidate[]): (host: HostCandidate) => PoolCandidate | string {
  const roomiest = new Map<string, PoolCandidate>();
  const refused = new Map<string, string[]>();
  const placeOf = (pool: PoolCandidate) =>
    pool.scope === 'HOST' ? `host ${pool.hostId}` : pool.scope === 'CLUSTER' ? `cluster ${pool.clusterId}` : 'zone';
  for (const pool of pools) {
    const place = placeOf(pool);
    const reason = firstReason(poolFilters, pool, request);
    if (reason === undefined) {
      if (pool.freeBytes > (roomiest.get(place)?.freeBytes ?? -1)) roomiest.set(place, pool);
      continue;
    }
    const others = refused.get(place);
    if (others) others.push(`${pool.name} ${reason}`);
    else refused.set(place, [`${pool.name} ${reason}`]);
  }
  return (host) => {
    const places = [`cluster ${host.clusterId}`, 'zone', `host ${host.id}`];
    for (const place of places) {
      const pool = roomiest.get(place);
      if (pool) return pool;
    }
    const reasons = places.flatMap((place) => refused.get(place) ?? []);
    if (reasons.length === 0) return `there is no primary storage in its cluster ${host.clusterName}`;
    return `no primary storage of its cluster ${host.clusterName} fits: ${reasons.slice(0, 3).join('; ')}${reasons.length > 3 ? ` and ${reasons.length - 3} more` : ''}`;
  };
}
