// What one kind of system machine adds to the agent: its configuration, its commands and what it knows about its own health.
import type {
  AgentCommandName,
  AgentConfiguration,
  AgentReply,
  AgentRequest,
  SystemNicPurpose,
  SystemVmBootData,
  SystemVmKind,
} from '@strata/domain';

export interface AgentRole {
  readonly kind: SystemVmKind;
  /** Called once when the agent starts, after the network is up. Nothing serves before `configure`. */
  create(machine: RoleMachine): RunningRole;
}

/** What the base gives to a role. */
export interface RoleMachine {
  readonly boot: SystemVmBootData;
  /** `/run/strata`: gone after a boot. */
  readonly runFolder: string;
  /** `/var/lib/strata`: kept on the root disk. */
  readonly stateFolder: string;
  /** To the serial console: short, no secrets. */
  log(line: string): void;
  /** The ports that may be reached from outside from now on, in place of those named before. */
  openPorts(ports: readonly OpenPort[]): Promise<void>;
}

export interface OpenPort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
  /** The card on which it is reached. */
  readonly on: Exclude<SystemNicPurpose, 'control'>;
}

export interface RunningRole {
  /** Checks what came from outside; throws `AgentProblem('invalid')`. */
  readConfiguration(value: unknown, where: string): AgentConfiguration;
  /** Brings the machine to this state; the same again changes nothing. Calls never overlap. */
  configure(configuration: AgentConfiguration): Promise<void>;
  readonly commands: RoleCommands;
  /** What does not work, in words; empty when all is well. Quick: answers every health check. */
  troubles(): readonly string[];
  /** Ends processes and servers: the machine powers off, or the agent restarts. */
  stop(): Promise<void>;
}

export type RoleCommandName = Exclude<AgentCommandName, 'health' | 'configure'>;
export type RoleCommands = { readonly [C in RoleCommandName]?: CommandHandler<C> };

export interface CommandHandler<C extends AgentCommandName> {
  /** Checks what came, which may be anything that JSON can say; throws `AgentProblem('invalid')`. read.ts has the pieces. */
  read(value: unknown, where: string): AgentRequest<C>;
  /** Throws `AgentProblem`; anything else becomes `failed` with its message. May overlap with itself and others. */
  run(request: AgentRequest<C>): Promise<AgentReply<C>>;
}
