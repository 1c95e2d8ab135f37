// Which system machines are missing, which are to start, and which are to go: the wanted places against the machines there are.
import type { SystemVmKind } from './boot-data.ts';
import type { SystemVmState } from './system-vm.states.ts';

export interface WantedPlace {
  readonly kind: SystemVmKind;
  readonly zoneId: number;
  /** Undefined where any pod of the zone will do. */
  readonly podId?: number | undefined;
}

export interface ExistingSystemVm {
  readonly id: number;
  readonly kind: SystemVmKind;
  readonly zoneId: number;
  readonly podId: number;
  readonly state: SystemVmState;
  /** Somebody asked for it to be stopped: it stays so. */
  readonly isStoppedOnRequest: boolean;
  /** A job works on it. */
  readonly isBusy: boolean;
  /** Its host is Down: it may run there, but serves nobody. */
  readonly isLost: boolean;
  /** It runs, but its agent has been silent for too long. */
  readonly isMute: boolean;
}

export interface SystemVmPlan {
  readonly create: readonly WantedPlace[];
  readonly start: readonly number[];
  readonly destroy: readonly number[];
}

/** Each place has at most one machine; whatever is on its way counts, so that no second one is made meanwhile. */
export function planSystemVms(wanted: readonly WantedPlace[], existing: readonly ExistingSystemVm[]): SystemVmPlan {
  const free = new Set(existing.filter(isOfUse).sort(byUsefulness));
  const create: WantedPlace[] = [];
  const start: number[] = [];
  for (const place of [...wanted].sort(narrowFirst)) {
    const vm = [...free].find((candidate) => fits(candidate, place));
    if (!vm) {
      create.push(place);
      continue;
    }
    free.delete(vm);
    if (vm.state === 'Stopped' && !vm.isStoppedOnRequest && !vm.isBusy) start.push(vm.id);
  }
  const useless = existing.filter((vm) => !isOfUse(vm));
  return { create, start, destroy: [...useless, ...free].filter(({ isBusy }) => !isBusy).map(({ id }) => id) };
}

function isOfUse(vm: ExistingSystemVm): boolean {
  return vm.state !== 'Destroying' && !vm.isLost && (vm.isBusy || !vm.isMute);
}

function fits(vm: ExistingSystemVm, { kind, zoneId, podId }: WantedPlace): boolean {
  return vm.kind === kind && vm.zoneId === zoneId && (podId === undefined || vm.podId === podId);
}

/** Running ones before others, older ones before younger. */
function byUsefulness(one: ExistingSystemVm, other: ExistingSystemVm): number {
  return Number(other.state === 'Running') - Number(one.state === 'Running') || one.id - other.id;
}

function narrowFirst(one: WantedPlace, other: WantedPlace): number {
  return Number(other.podId !== undefined) - Number(one.podId !== undefined);
}
