// The agents of system machines on KVM hosts: one warm connection per machine, through the warm connection of its host.
import { createHash } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type { AgentCommandName, AgentReply, AgentRequest } from '@strata/domain';
import { agentSshPort } from '@strata/domain';
import { DriverError } from '../../driver-error.ts';
import type { AgentDriver } from '../../driver.ts';
import type { AgentAddress, HostAddress } from '../../specs.ts';
import type { SshPool } from '../ssh/ssh-pool.ts';
import { AgentConnection } from './agent-connection.ts';
import { readReply } from './agent-replies.ts';

const defaultTimeoutMs = 15_000;

interface Entry {
  /** Where it goes and by which key: another one is another connection. */
  readonly identity: string;
  readonly connection: Promise<AgentConnection>;
}

export class KvmAgents implements AgentDriver {
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly hosts: SshPool) {}

  async identify(host: HostAddress, agent: AgentAddress): Promise<string> {
    return (await this.connection(host, agent)).hostKeySha256;
  }

  async call<C extends AgentCommandName>(
    host: HostAddress,
    agent: AgentAddress,
    command: C,
    request: AgentRequest<C>,
    timeoutMs: number = defaultTimeoutMs,
  ): Promise<AgentReply<C>> {
    const connection = await this.connection(host, agent);
    return readReply(command, await connection.post(command, JSON.stringify(request), timeoutMs)) as AgentReply<C>;
  }

  async listen(host: HostAddress, agent: AgentAddress, onStream: (stream: Duplex) => void, onEnd: () => void): Promise<{ close(): void }> {
    const connection = await this.connection(host, agent);
    return { close: await connection.listen(onStream, onEnd) };
  }

  disconnect(): void {
    for (const { connection } of this.entries.values()) {
      connection.then(
        (open) => open.close(),
        () => undefined,
      );
    }
    this.entries.clear();
  }

  private async connection(host: HostAddress, agent: AgentAddress): Promise<AgentConnection> {
    const identity = identityOf(host, agent);
    const known = this.entries.get(agent.key);
    // Without a pinned key nobody has met this machine yet: a connection from before may lead to what was there before.
    if (known?.identity === identity && agent.hostKeySha256 !== null) {
      const connection = await known.connection;
      if (connection.isOpen) {
        checkHostKey(agent, connection.hostKeySha256);
        return connection;
      }
    }
    const present = this.entries.get(agent.key);
    // Another one than before was opened by somebody else meanwhile.
    const entry = present === undefined || present === known ? this.open(host, agent, identity, known) : present;
    const connection = await entry.connection;
    checkHostKey(agent, connection.hostKeySha256);
    return connection;
  }

  private open(host: HostAddress, agent: AgentAddress, identity: string, replaced: Entry | undefined): Entry {
    const tunnel = this.hosts.use(host, (shell) => shell.forward(agent.controlIp, agentSshPort));
    const entry = { identity, connection: tunnel.then((stream) => AgentConnection.open(agent, stream)) };
    this.entries.set(agent.key, entry);
    const forget = (): void => {
      if (this.entries.get(agent.key) === entry) this.entries.delete(agent.key);
    };
    entry.connection.then((connection) => connection.whenClosed(forget), forget);
    void replaced?.connection.then(
      (connection) => connection.close(),
      () => undefined,
    );
    return entry;
  }
}

function identityOf(host: HostAddress, agent: AgentAddress): string {
  const key = createHash('sha256').update(agent.privateKeyPem).digest('hex');
  return JSON.stringify([host.key, host.address, host.port, agent.controlIp, key]);
}

function checkHostKey(agent: AgentAddress, seen: string): void {
  if (agent.hostKeySha256 === null || agent.hostKeySha256 === seen) return;
  const message = `the machine at ${agent.controlIp} shows the host key SHA256:${seen} instead of the known SHA256:${agent.hostKeySha256}`;
  throw new DriverError('refused', message, { reason: 'hostKeyChanged' });
}
