// One warm SSH connection to the agent of a system machine, inside a forwarded stream of its host's connection.
import { request as httpRequest } from 'node:http';
import { type Duplex, finished } from 'node:stream';
import { agentSocketPath, agentSshPort, managementSocketPath } from '@strata/domain';
import { Client } from 'ssh2';
import { DriverError } from '../../driver-error.ts';
import type { AgentAddress } from '../../specs.ts';
import { fingerprint } from '../ssh/connect.ts';

const handshakeTimeoutMs = 20_000;
/** A machine that vanished without a word is noticed when three of these in a row stay unanswered. */
const keepaliveIntervalMs = 10_000;
/** Replies beyond this are a sign of a wrong command. */
const maxReplyBytes = 16 * 1024 * 1024;
/** Streams of an agent that are open at a time: more than consoles that one proxy may have. A captured machine gets no further. */
const maxStreams = 1_200;
/** The only user of system machines that logs in. */
const username = 'root';

export interface HttpReply {
  readonly status: number;
  readonly body: string;
}

export class AgentConnection {
  readonly hostKeySha256: string;
  private readonly client: Client;
  private readonly agent: AgentAddress;
  private closed: DriverError | undefined;
  private readonly onClosed = new Set<() => void>();
  private onStream: ((stream: Duplex) => void) | undefined;
  private streams = 0;

  /** @param tunnel a stream to the agent's SSH port */
  static async open(agent: AgentAddress, tunnel: Duplex): Promise<AgentConnection> {
    const client = new Client();
    let seen = '';
    try {
      await new Promise<void>((resolve, reject) => {
        client.once('ready', resolve);
        client.once('error', reject);
        client.once('close', () => reject(lostAgent(agent)));
        client.connect({
          sock: tunnel as never,
          username,
          privateKey: agent.privateKeyPem,
          authHandler: ['publickey'],
          readyTimeout: handshakeTimeoutMs,
          keepaliveInterval: keepaliveIntervalMs,
          keepaliveCountMax: 3,
          hostVerifier: (key: Buffer) => {
            seen = fingerprint(key);
            return agent.hostKeySha256 === null || agent.hostKeySha256 === seen;
          },
        });
      });
    } catch (cause) {
      client.on('error', () => undefined);
      client.destroy();
      tunnel.destroy();
      throw handshakeFailure(agent, seen, cause);
    }
    client.removeAllListeners('close');
    return new AgentConnection(agent, client, seen);
  }

  private constructor(agent: AgentAddress, client: Client, hostKeySha256: string) {
    this.agent = agent;
    this.client = client;
    this.hostKeySha256 = hostKeySha256;
    client.on('error', (cause) => this.finish(lostAgent(agent, cause)));
    client.on('close', () => this.finish(lostAgent(agent)));
    client.on('unix connection', (_info, accept, reject) => {
      if (!this.onStream || this.streams >= maxStreams) return reject();
      const stream = accept();
      this.streams += 1;
      // Not by its close: ssh2 tells of that only when all has been read.
      finished(stream, { readable: false }, () => (this.streams -= 1));
      this.onStream(stream);
    });
  }

  /** Calls back once, when the connection ends; at once if it has. */
  whenClosed(onEnd: () => void): void {
    if (this.closed) onEnd();
    else this.onClosed.add(onEnd);
  }

  get isOpen(): boolean {
    return this.closed === undefined;
  }

  close(): void {
    this.finish(lostAgent(this.agent));
  }

  /** `POST /<command>` to the agent's socket. An agent that stays silent costs the connection: its machine may have been reset. */
  async post(command: string, body: string, timeoutMs: number): Promise<HttpReply> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        const seconds = Math.ceil(timeoutMs / 1000);
        const failure = new DriverError(
          'unreachable',
          `the agent at ${this.agent.controlIp} did not answer ${command} within ${seconds} s`,
          {
            reason: 'timedOut',
          },
        );
        reject(failure);
        this.finish(failure);
      }, timeoutMs);
    });
    try {
      return await Promise.race([this.send(command, body), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }

  /** Takes the streams that the agent opens on its socket for the management server. One listener at a time: the newest. */
  async listen(onStream: (stream: Duplex) => void, onEnd: () => void): Promise<() => void> {
    if (this.closed) throw this.closed;
    if (this.onStream === undefined) {
      await new Promise<void>((resolve, reject) => {
        const fail = (cause: unknown): void => {
          const message = `the machine at ${this.agent.controlIp} does not forward ${managementSocketPath}`;
          reject(this.closed ?? new DriverError('refused', message, { cause }));
        };
        this.whileConnected(
          () => this.client.openssh_forwardInStreamLocal(managementSocketPath, (error) => (error ? fail(error) : resolve())),
          reject,
        );
      });
    }
    this.onStream = onStream;
    this.onClosed.add(onEnd);
    return () => {
      this.onClosed.delete(onEnd);
      if (this.onStream !== onStream) return;
      this.onStream = undefined;
      if (!this.isOpen) return;
      this.whileConnected(
        () => this.client.openssh_unforwardInStreamLocal(managementSocketPath, () => undefined),
        () => undefined,
      );
    };
  }

  private async send(command: string, body: string): Promise<HttpReply> {
    const stream = await this.openAgentSocket();
    try {
      return await post(stream, command, body);
    } catch (cause) {
      if (this.closed) throw this.closed;
      if (cause instanceof DriverError) throw cause;
      throw new DriverError('unreachable', `the agent at ${this.agent.controlIp} hung up`, { cause });
    } finally {
      stream.destroy();
    }
  }

  private openAgentSocket(): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      if (this.closed) return reject(this.closed);
      const open = (): void =>
        void this.client.openssh_forwardOutStreamLocal(agentSocketPath, (error, stream) => {
          if (!error) return resolve(stream);
          const message = `no agent listens yet in the machine at ${this.agent.controlIp}`;
          reject(this.closed ?? new DriverError('unreachable', message, { cause: error }));
        });
      this.whileConnected(open, reject);
    });
  }

  /** ssh2 throws at once when the other side has hung up, moments before it says that the connection is closed. */
  private whileConnected(use: () => void, onLost: (reason: DriverError) => void): void {
    try {
      use();
    } catch (cause) {
      const reason = lostAgent(this.agent, cause);
      this.finish(reason);
      onLost(reason);
    }
  }

  private finish(reason: DriverError): void {
    if (this.closed) return;
    this.closed = reason;
    this.client.destroy();
    for (const onEnd of this.onClosed) onEnd();
    this.onClosed.clear();
  }
}

function post(stream: Duplex, command: string, body: string): Promise<HttpReply> {
  return new Promise((resolve, reject) => {
    const request = httpRequest({
      createConnection: () => stream as never,
      method: 'POST',
      path: `/${command}`,
      headers: { host: 'agent', 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), connection: 'close' },
    });
    request.once('error', reject);
    request.once('response', (response) => {
      const chunks: Buffer[] = [];
      let sizeBytes = 0;
      response.on('data', (chunk: Buffer) => {
        sizeBytes += chunk.length;
        if (sizeBytes > maxReplyBytes)
          request.destroy(new DriverError('bug', `the agent answered more than ${maxReplyBytes} bytes to ${command}`));
        else chunks.push(chunk);
      });
      response.once('error', reject);
      response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    request.end(body);
  });
}

function lostAgent(agent: AgentAddress, cause?: unknown): DriverError {
  return new DriverError('unreachable', `the connection to the agent at ${agent.controlIp} was lost`, { cause, reason: 'connectionLost' });
}

function handshakeFailure(agent: AgentAddress, seen: string, cause: unknown): DriverError {
  if (cause instanceof DriverError) return cause;
  const where = `the machine at ${agent.controlIp} port ${agentSshPort}`;
  if (agent.hostKeySha256 !== null && seen !== '' && seen !== agent.hostKeySha256)
    return new DriverError('refused', `${where} shows the host key SHA256:${seen} instead of the known SHA256:${agent.hostKeySha256}`, {
      cause,
      reason: 'hostKeyChanged',
    });
  if ((cause as { level?: string }).level === 'client-authentication')
    return new DriverError('refused', `${where} does not accept the management key`, { cause, reason: 'wrongCredentials' });
  return new DriverError('unreachable', `${where} accepted a connection but no SSH server answered`, { cause, reason: 'timedOut' });
}
