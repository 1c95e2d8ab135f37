// What a kind of simulated system machine is made of; the one list of kinds.
import type { Duplex } from 'node:stream';
import type { AgentCommandName, AgentConfiguration, AgentReply, AgentRequest, SystemVmBootData, SystemVmKind } from '@strata/domain';
import type { SimulatedFleet } from '../simulated-fleet.ts';
import type { SimulatedMachine } from '../simulated-host.ts';
import { simulatedRouter } from './simulated-router.ts';
import { simulatedStorage } from './simulated-storage.ts';

/** What one agent knows since its machine booted. */
export interface SimulatedAgentState {
  readonly boot: SystemVmBootData;
  readonly fleet: SimulatedFleet;
  readonly machine: SimulatedMachine;
  /** As `configure` gave it. */
  configuration: AgentConfiguration | undefined;
  configurationHash: string | null;
  /** In words, for `health`. */
  troubles: readonly string[];
  /** Opens a stream to the management server: hand it the server's end. Throws `refused` while nobody listens. */
  dial(): (stream: Duplex) => void;
}

export type AgentHandlers = {
  readonly [C in AgentCommandName]?: (request: AgentRequest<C>) => AgentReply<C> | Promise<AgentReply<C>>;
};

/** Gives the commands of the kind; a `configure` of its own runs before the hash is noted. `health` is the same for all. */
export type SimulatedAgentKind = (agent: SimulatedAgentState) => AgentHandlers;

const plain: SimulatedAgentKind = () => ({});

export const simulatedAgentKinds: Readonly<Record<SystemVmKind, SimulatedAgentKind>> = {
  secondarystoragevm: simulatedStorage,
  consoleproxy: plain,
  domainrouter: simulatedRouter,
};
