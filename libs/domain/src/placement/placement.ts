// The deployment planner's facts: what it is asked, what it looks at and what it answers.
import type { HostResourceState, HostState } from '../host/host.states.ts';
import type { StoragePoolState } from '../storage/storage-pool.states.ts';
import type { AllocationState } from '../zone/allocation.states.ts';

export interface PlacementRequest {
  readonly cpuCores: number;
  /** Per core. */
  readonly cpuMhz: number;
  readonly memoryMib: number;
  readonly diskBytes: number;
  readonly hypervisor: string;
  /** As `uname -m` prints it; absent when the template fits every host. */
  readonly arch?: string | undefined;
  readonly hostTags: readonly string[];
  readonly storageTags: readonly string[];
  /** It runs in the cluster already: that zone, pod or cluster take nothing new does not concern it. */
  readonly isMove?: boolean | undefined;
  /** Only this host. */
  readonly hostId?: number | undefined;
  /** Hosts on which a start has just failed. */
  readonly avoidHostIds?: ReadonlySet<number> | undefined;
}

export interface HostCandidate {
  readonly id: number;
  readonly name: string;
  readonly clusterId: number;
  readonly clusterName: string;
  readonly hypervisor: string;
  readonly arch: string;
  readonly state: HostState;
  readonly resourceState: HostResourceState;
  readonly zoneState: AllocationState;
  readonly podState: AllocationState;
  readonly clusterState: AllocationState;
  readonly cpuCores: number;
  /** Per core. */
  readonly cpuMhz: number;
  /** What may be promised in all, over-provisioning included. */
  readonly promisableCpuMhz: number;
  readonly promisableMemoryMib: number;
  readonly freeCpuMhz: number;
  readonly freeMemoryMib: number;
  readonly tags: readonly string[];
}

export interface PoolCandidate {
  readonly id: number;
  readonly name: string;
  readonly scope: 'CLUSTER' | 'ZONE' | 'HOST';
  /** Null for scope ZONE. */
  readonly clusterId: number | null;
  /** Only for scope HOST. */
  readonly hostId: number | null;
  readonly state: StoragePoolState;
  readonly freeBytes: number;
  readonly tags: readonly string[];
}

/** Why a host or pool cannot take the machine, in words that follow its name: `is Down`; undefined where it can. */
export type HostFilter = (host: HostCandidate, request: PlacementRequest) => string | undefined;
export type PoolFilter = (pool: PoolCandidate, request: PlacementRequest) => string | undefined;

/** 0 (full after this machine) to 1 (empty). */
export type HostWeigher = (host: HostCandidate, request: PlacementRequest) => number;

export interface PlacementChoice {
  readonly host: HostCandidate;
  readonly pool: PoolCandidate;
}

export interface Refusal {
  readonly hostName: string;
  readonly reason: string;
}

export interface Placement {
  /** The best first; empty when no host can take the machine. */
  readonly choices: readonly PlacementChoice[];
  readonly refusals: readonly Refusal[];
}
