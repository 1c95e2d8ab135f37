// The agents of simulated system machines: found on their host by control address, answered in memory.
import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { type AgentCommandName, type AgentReply, type AgentRequest, managementSocketPath, type SystemVmBootData } from '@strata/domain';
import ssh2 from 'ssh2';
import { DriverError } from '../../driver-error.ts';
import type { AgentDriver } from '../../driver.ts';
import { type AgentAddress, controlBridge, type HostAddress } from '../../specs.ts';
import type { SimulatedHost, SimulatedMachine } from '../simulated-host.ts';
import { publicKeyWithoutComment, type SimulatedSession } from '../simulated-session.ts';
import { type AgentHandlers, type SimulatedAgentState, simulatedAgentKinds } from './simulated-agent.ts';

/** The latency of this name is how long machines take from power to an agent that answers, in milliseconds. */
const bootLatency = 'agents.boot';

/** What the agents of one process remember; a boot forgets it, as the files below /run of real machines. */
interface Running {
  readonly boots: number;
  readonly state: SimulatedAgentState;
  readonly handlers: AgentHandlers;
  listener: { readonly onStream: (stream: Duplex) => void; readonly onEnd: () => void } | undefined;
}

export class SimulatedAgents implements AgentDriver {
  readonly #session: SimulatedSession;
  /** The last private key seen and its public half: all machines share one. */
  #key: { readonly pem: string; readonly publicKey: string } | undefined;
  readonly #running = new WeakMap<SimulatedMachine, Running>();

  constructor(session: SimulatedSession) {
    this.#session = session;
  }

  async identify(at: HostAddress, agent: AgentAddress): Promise<string> {
    return this.#session.call(at, 'agents.identify', (host) => hostKeyOf(this.#find(host, agent)));
  }

  async call<C extends AgentCommandName>(
    at: HostAddress,
    agent: AgentAddress,
    command: C,
    request: AgentRequest<C>,
    _timeoutMs?: number,
  ): Promise<AgentReply<C>> {
    return this.#session.call(at, `agents.${command}`, async (host): Promise<AgentReply<C>> => {
      const running = this.#agentOf(this.#find(host, agent));
      const handler = running.handlers[command] as ((request: AgentRequest<C>) => AgentReply<C> | Promise<AgentReply<C>>) | undefined;
      if (!handler) throw new DriverError('refused', `the agent at ${agent.controlIp} has no command ${command}`);
      return handler(structuredClone(request));
    });
  }

  async listen(at: HostAddress, agent: AgentAddress, onStream: (stream: Duplex) => void, onEnd: () => void): Promise<{ close(): void }> {
    return this.#session.call(at, 'agents.listen', (host) => {
      const running = this.#agentOf(this.#find(host, agent));
      const listener = { onStream, onEnd };
      running.listener = listener;
      return {
        close: () => {
          if (running.listener === listener) running.listener = undefined;
        },
      };
    });
  }

  #find(host: SimulatedHost, agent: AgentAddress): SimulatedMachine {
    const machine = [...(host.machines?.values() ?? [])].find(
      (candidate) => candidate.power === 'running' && speaksFor(agent.controlIp, candidate, host),
    );
    const silent = (): DriverError =>
      new DriverError('unreachable', `${agent.controlIp} does not answer on ${host.address}`, { reason: 'timedOut' });
    if (machine === undefined) throw silent();
    if (performance.now() - machine.bootedAtMs < this.#session.fleet.latencyOf(bootLatency)) throw silent();
    if (agent.hostKeySha256 !== null && agent.hostKeySha256 !== hostKeyOf(machine))
      throw new DriverError('refused', `${agent.controlIp} shows another host key than the pinned one`, { reason: 'hostKeyChanged' });
    if (publicKeyWithoutComment(bootDataOf(machine)!.authorizedKey) !== this.#publicKeyOf(agent.privateKeyPem))
      throw new DriverError('refused', `${agent.controlIp} does not accept the management key`, { reason: 'wrongCredentials' });
    return machine;
  }

  #publicKeyOf(pem: string): string {
    if (this.#key?.pem !== pem) {
      const parsed = ssh2.utils.parseKey(pem);
      if (parsed instanceof Error || !parsed.isPrivateKey())
        throw new DriverError('refused', 'the private key of the login cannot be read');
      this.#key = { pem, publicKey: `${parsed.type} ${parsed.getPublicSSH().toString('base64')}` };
    }
    return this.#key.publicKey;
  }

  #agentOf(machine: SimulatedMachine): Running {
    const known = this.#running.get(machine);
    if (known?.boots === machine.boots) return known;
    known?.listener?.onEnd();
    const boot = bootDataOf(machine)!;
    const state: SimulatedAgentState = {
      boot,
      fleet: this.#session.fleet,
      machine,
      configuration: undefined,
      configurationHash: null,
      troubles: [],
      dial: () => {
        const listener = this.#running.get(machine)?.listener;
        if (!listener) throw new DriverError('refused', `nobody listens on ${managementSocketPath}`);
        return listener.onStream;
      },
    };
    const running: Running = { boots: machine.boots, state, handlers: handlersOf(state), listener: undefined };
    this.#running.set(machine, running);
    return running;
  }
}

function handlersOf(state: SimulatedAgentState): AgentHandlers {
  const kind = simulatedAgentKinds[state.boot.kind](state);
  return {
    health: () => ({
      kind: state.boot.kind,
      templateVersion: 'simulated',
      uptimeSeconds: Math.floor((performance.now() - state.machine.bootedAtMs) / 1_000),
      configurationHash: state.configurationHash,
      troubles: state.troubles,
    }),
    ...kind,
    configure: async (request) => {
      state.configuration = request.configuration;
      await kind.configure?.(request);
      state.configurationHash = request.hash;
      return {};
    },
  };
}

/** A card with a tap says on the control network what the host lets it say. */
function speaksFor(controlIp: string, machine: SimulatedMachine, { controlCards }: SimulatedHost): boolean {
  const nic = bootDataOf(machine)?.nics.find(({ ip }) => ip === controlIp);
  if (nic === undefined) return false;
  const tap = machine.taps.find(([, bridge]) => bridge === controlBridge)?.[0];
  return tap === undefined || controlCards?.get(tap) === `${nic.mac} ${controlIp}`;
}

function bootDataOf({ bootData }: SimulatedMachine): SystemVmBootData | undefined {
  return bootData === undefined ? undefined : (JSON.parse(bootData) as SystemVmBootData);
}

function hostKeyOf({ uuid }: SimulatedMachine): string {
  return createHash('sha256').update(`host key of ${uuid}`).digest('base64').replace(/=+$/, '');
}
