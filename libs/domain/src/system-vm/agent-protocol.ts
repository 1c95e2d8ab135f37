// What the management server and the agents in system machines say to each other: JSON bodies, one command per request.
import type { SystemVmKind } from './boot-data.ts';

/** The port of the agents' SSH server; it listens on the control network only. */
export const agentSshPort = 3922;
/** Inside the system machine: the agent takes commands here, as `POST /<command>` with JSON. */
export const agentSocketPath = '/run/strata/agent.sock';
/** Inside the system machine: streams that its agent opens to the management server, forwarded by the SSH connection. */
export const managementSocketPath = '/run/strata/management.sock';

export interface AgentCommand<Request, Reply> {
  readonly request: Request;
  readonly reply: Reply;
}

export interface AgentHealth {
  readonly kind: SystemVmKind;
  /** Of the template the machine was made from. */
  readonly templateVersion: string;
  readonly uptimeSeconds: number;
  /** Of the configuration that was applied last since the boot; null before the first. */
  readonly configurationHash: string | null;
  /** What does not work, in words; empty when all is well. */
  readonly troubles: readonly string[];
}

/** With what a machine serves TLS. PEM. */
export interface AgentTls {
  /** The machine's own certificate first, then those above it. */
  readonly certificateChain: string;
  readonly privateKey: string;
}

/** The state that the machine is to have, whole: applying it again changes nothing. Each kind adds its member in a file of its own. */
export interface AgentConfigurations {}
export type AgentConfiguration = AgentConfigurations[keyof AgentConfigurations];

/** Commands by name. Each kind of machine adds its own by declaration merging, in a file of its own. */
export interface AgentCommands {
  health: AgentCommand<Record<string, never>, AgentHealth>;
  /** Applies the whole configuration; `hash` comes back in `health`. */
  configure: AgentCommand<{ readonly hash: string; readonly configuration: AgentConfiguration }, Record<string, never>>;
}

export type AgentCommandName = keyof AgentCommands;
export type AgentRequest<C extends AgentCommandName> = AgentCommands[C]['request'];
export type AgentReply<C extends AgentCommandName> = AgentCommands[C]['reply'];

/** The body of a refused command (HTTP 4xx, 5xx): the text says what to do. */
export interface AgentFailure {
  readonly kind: 'invalid' | 'missing' | 'busy' | 'failed';
  readonly message: string;
}
