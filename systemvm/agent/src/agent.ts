// The agent's commands: those of every machine, and those of the role.
import type { AgentCommandName, AgentConfiguration, AgentHealth, SystemVmBootData } from '@strata/domain';
import { AgentProblem } from './agent-problem.ts';
import { object, text } from './read.ts';
import type { Reader } from './read.ts';
import type { CommandHandler, RunningRole } from './role.ts';

export interface AgentFacts {
  readonly boot: SystemVmBootData;
  readonly templateVersion: string;
  uptimeSeconds(): Promise<number>;
  /** Undefined where the template has no part for this kind of machine. */
  readonly role: RunningRole | undefined;
}

/** Finds and runs commands; `configure` calls wait for each other. */
export class Agent {
  readonly #facts: AgentFacts;
  readonly #handlers: ReadonlyMap<string, CommandHandler<AgentCommandName>>;
  #configurationHash: string | null = null;
  #configurationTrouble: string | undefined;
  #configuring: Promise<unknown> = Promise.resolve();

  constructor(facts: AgentFacts) {
    this.#facts = facts;
    const base = { health: this.#health(), configure: this.#configure() };
    this.#handlers = new Map(Object.entries({ ...facts.role?.commands, ...base }) as [string, CommandHandler<AgentCommandName>][]);
  }

  /** `body` is JSON that came from outside. Throws `AgentProblem`, or what a handler threw. */
  async run(command: string, body: unknown): Promise<unknown> {
    const handler = this.#handlers.get(command);
    if (handler === undefined)
      throw new AgentProblem('missing', `a ${this.#facts.boot.kind} has no command ${JSON.stringify(command.slice(0, 64))}`);
    return await handler.run(handler.read(body, 'the body'));
  }

  #health(): CommandHandler<'health'> {
    const { boot, templateVersion, role } = this.#facts;
    return {
      read: object<Record<string, never>>({}),
      run: async (): Promise<AgentHealth> => ({
        kind: boot.kind,
        templateVersion,
        uptimeSeconds: await this.#facts.uptimeSeconds(),
        configurationHash: this.#configurationHash,
        troubles: [
          ...(role === undefined
            ? [`the template ${templateVersion} has no part for a ${boot.kind}: install a newer one`]
            : role.troubles()),
          ...(this.#configurationTrouble === undefined ? [] : [this.#configurationTrouble]),
        ],
      }),
    };
  }

  #configure(): CommandHandler<'configure'> {
    const { role, boot } = this.#facts;
    return {
      read: (value, where) => {
        if (role === undefined) throw new AgentProblem('missing', `this template has no part for a ${boot.kind}`);
        const configuration: Reader<AgentConfiguration> = (inner, at) => role.readConfiguration(inner, at);
        return object({ hash: text(128, /^[\x21-\x7e]+$/, 'a hash'), configuration })(value, where);
      },
      run: async ({ hash, configuration }) => {
        const before = this.#configuring;
        const mine = before.catch(() => undefined).then(() => this.#apply(hash, () => role!.configure(configuration)));
        this.#configuring = mine.catch(() => undefined);
        await mine;
        return {};
      },
    };
  }

  async #apply(hash: string, configure: () => Promise<void>): Promise<void> {
    // Half a configuration is none: the hash comes back only when all of it is in place.
    this.#configurationHash = null;
    try {
      await configure();
    } catch (error) {
      this.#configurationTrouble = `the configuration could not be applied: ${error instanceof Error ? error.message : String(error)}`;
      throw error;
    }
    this.#configurationTrouble = undefined;
    this.#configurationHash = hash;
  }
}
