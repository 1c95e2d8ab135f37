// One warm SSH connection to a host: a bounded set of lanes and a first-come queue in front of them.
import type { Duplex } from 'node:stream';
import type { Client, ClientChannel } from 'ssh2';
import { DriverError } from '../../driver-error.ts';
import type { HostAddress } from '../../specs.ts';
import { connectSsh, endpoint, lost } from './connect.ts';
import type { CommandResult, HostCommand, HostShell } from './host-shell.ts';
import { laneCommand } from './lane-protocol.ts';
import { Lane } from './lane.ts';

/** sshd's MaxSessions is 10 by default; the rest is left to humans who share the connection. */
const maxLanes = 8;
/** Long commands never fill all lanes. */
const maxLongCommands = 5;
const forwardTimeoutMs = 10_000;
/** Lanes kept open while there is nothing to do. */
const idleLanes = 2;

interface Waiting {
  readonly command: HostCommand;
  readonly resolve: (result: CommandResult) => void;
  readonly reject: (error: unknown) => void;
}

export class SshConnection implements HostShell {
  readonly hostKeySha256: string;
  private readonly client: Client;
  private readonly host: HostAddress;
  private readonly idle: Lane[] = [];
  private readonly queue: Waiting[] = [];
  private lanes = 0;
  private laneLimit = maxLanes;
  private longRunning = 0;
  private retired = false;
  private closed: DriverError | undefined;

  static async open(host: HostAddress): Promise<SshConnection> {
    const { client, hostKeySha256 } = await connectSsh(host);
    return new SshConnection(host, client, hostKeySha256);
  }

  private constructor(host: HostAddress, client: Client, hostKeySha256: string) {
    this.host = host;
    this.client = client;
    this.hostKeySha256 = hostKeySha256;
    client.on('error', (cause) => this.finish(lost(host, cause)));
    client.on('close', () => this.finish(lost(host)));
  }

  get isOpen(): boolean {
    return this.closed === undefined;
  }

  run(command: HostCommand): Promise<CommandResult> {
    return new Promise((resolve, reject) => {
      this.queue.push({ command, resolve, reject });
      this.dispatch();
    });
  }

  /** A stream from the host to a port that it reaches: `unreachable` when nobody answers there. */
  forward(address: string, port: number): Promise<Duplex> {
    return new Promise((resolve, reject) => {
      if (this.closed !== undefined) return reject(this.closed);
      const fail = (reason: 'timedOut' | 'connectionRefused', cause?: unknown): void =>
        reject(
          this.closed ??
            new DriverError('unreachable', `${address} port ${port} does not answer on ${endpoint(this.host)}`, { cause, reason }),
        );
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        fail('timedOut');
      }, forwardTimeoutMs);
      try {
        this.client.forwardOut('127.0.0.1', 0, address, port, (error, stream) => {
          clearTimeout(timer);
          if (error !== undefined) fail('connectionRefused', error);
          else if (isLate) stream.destroy();
          else resolve(stream);
        });
      } catch (error) {
        clearTimeout(timer);
        reject(lost(this.host, error));
      }
    });
  }

  /** Ends the connection with all that runs on it; unlike after a loss, nobody is asked to try again. */
  close(): void {
    this.finish(new DriverError('unreachable', `the connection to ${endpoint(this.host)} was closed on request`));
  }

  /** Lets what runs come to its end first; whoever still holds the connection after that finds it lost and takes the next. */
  closeWhenIdle(): void {
    this.retired = true;
    if (this.lanes === this.idle.length) this.finish(lost(this.host));
  }

  /** Gives waiting commands to lanes, in their order, but lets short ones pass long ones that have to wait. */
  private dispatch(): void {
    for (;;) {
      if (this.closed !== undefined) {
        for (const waiting of this.queue.splice(0)) waiting.reject(this.closed);
        return;
      }
      const next = this.queue.findIndex(({ command }) => command.long !== true || this.longRunning < maxLongCommands);
      if (next < 0 || (this.idle.length === 0 && this.lanes >= this.laneLimit)) return;
      const [waiting] = this.queue.splice(next, 1);
      if (waiting !== undefined) void this.serve(waiting);
    }
  }

  private async serve(waiting: Waiting): Promise<void> {
    const { command } = waiting;
    const lane = this.idle.pop();
    if (lane === undefined) this.lanes++;
    if (command.long === true) this.longRunning++;
    let used = lane;
    try {
      used ??= await this.openLane();
      waiting.resolve(await used.run(command));
    } catch (error) {
      if (error instanceof DriverError && error.kind === 'busy' && used === undefined && this.lanes > 1) {
        // The host allows fewer sessions than we hoped for: go on with those we have.
        this.laneLimit = this.lanes - 1;
        this.queue.unshift(waiting);
      } else {
        waiting.reject(this.closed ?? error);
      }
    } finally {
      if (command.long === true) this.longRunning--;
      this.release(used);
      this.dispatch();
      if (this.retired) this.closeWhenIdle();
    }
  }

  private release(lane: Lane | undefined): void {
    if (lane?.usable === true && (this.queue.length > 0 || this.idle.length < idleLanes)) {
      this.idle.push(lane);
      return;
    }
    lane?.end();
    this.lanes--;
  }

  private async openLane(): Promise<Lane> {
    const channel = await new Promise<ClientChannel>((resolve, reject) => {
      try {
        this.client.exec(laneCommand, (error, opened) => (error === undefined ? resolve(opened) : reject(this.channelFailure(error))));
      } catch (error) {
        reject(lost(this.host, error));
      }
    });
    const lane = new Lane(channel);
    try {
      await lane.ready();
    } catch (error) {
      lane.end();
      throw error;
    }
    return lane;
  }

  /** Refused channels are the session limit: sessions whose processes hang in dead storage count too, so an empty-handed connection is given up. */
  private channelFailure(cause: Error): DriverError {
    if (this.closed !== undefined) return this.closed;
    if (this.lanes <= 1) queueMicrotask(() => this.closeWhenIdle());
    return new DriverError('busy', `${endpoint(this.host)} opens no further session (MaxSessions of its sshd)`, { cause });
  }

  private finish(reason: DriverError): void {
    if (this.closed !== undefined) return;
    this.closed = reason;
    this.client.destroy();
    for (const lane of this.idle.splice(0)) lane.end();
    this.dispatch();
  }
}
