// What tells one kind of system machine from another. Each kind gives its role in its own area; roles.ts lists them.
import type { AgentCommandName, AgentConfiguration, AgentReply, AgentRequest, SystemVmKind } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import type { SystemVm } from './system-vm.entity.ts';

/** Where one machine of the kind is to be: in a pod that somebody named, or in any of the zone. */
export interface WantedSystemVm {
  readonly zoneId: number;
  readonly podId?: number;
}

/** The agent of one machine, already addressed. */
export interface Agent {
  call<C extends AgentCommandName>(command: C, request: AgentRequest<C>, timeoutMs?: number): Promise<AgentReply<C>>;
}

export interface SystemVmRole {
  readonly kind: SystemVmKind;
  /** First letter of the machine's name, as in `s-1-VM`. */
  readonly prefix: 's' | 'v' | 'r';
  /** The card beside the control card: an address of the pod's reserved range, or one of the guest network. */
  readonly card: 'management' | 'guest';
  /** All places that are to have one, read from the database; the zone being enabled and having host and storage is checked by the caller. */
  wanted(read: EntityManager): Promise<WantedSystemVm[]>;
  /** The configuration its agent is to have, small (64 KiB at most); applied again whenever the agent's hash differs. */
  configuration(ctx: Pick<ReconcilerContext, 'read' | 'secrets' | 'settings'>, vm: SystemVm): Promise<AgentConfiguration>;
  /** Runs with each check of a healthy agent, after the configuration: brings larger things (guests, downloads) in line. */
  maintain?(ctx: ReconcilerContext, agent: Agent, vm: SystemVm): Promise<void>;
}
