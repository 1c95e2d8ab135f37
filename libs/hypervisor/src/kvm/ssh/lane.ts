// One warm /bin/sh on a host, reached through one SSH channel: runs one command at a time.
import { randomBytes } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import type { ClientChannel } from 'ssh2';
import { DriverError } from '../../driver-error.ts';
import { maxOutputBytes, programOf, timedOut } from './host-shell.ts';
import type { CommandResult, HostCommand } from './host-shell.ts';
import { FrameReader, encodeCommand } from './lane-protocol.ts';

/** How much longer than the host's own time limit we wait before the lane counts as hung (a process stuck in its file system can't be killed). */
const graceMs = 4_000;
const readyTimeoutMs = 15_000;

interface Pending {
  readonly settle: (result: CommandResult | DriverError) => void;
  stdout?: { output: string; trailer: string };
  stderr?: string;
}

export class Lane {
  private readonly channel: ClientChannel;
  private readonly token = randomBytes(16).toString('hex');
  private readonly out = new FrameReader(this.token);
  private readonly err = new FrameReader(this.token);
  private pending: Pending | undefined;
  /** False once the channel is closed, hung or out of step: the owner drops the lane. */
  usable = true;

  constructor(channel: ClientChannel) {
    this.channel = channel;
    channel.on('data', (chunk: Buffer) => this.collect(this.out, chunk));
    channel.stderr.on('data', (chunk: Buffer) => this.collect(this.err, chunk));
    channel.on('error', () => this.end());
    channel.on('close', () => {
      this.usable = false;
      this.fail(new DriverError('unreachable', 'the connection was lost while a command ran', { reason: 'connectionLost' }));
    });
  }

  /** Resolves when the host's shell answers. */
  async ready(): Promise<void> {
    await this.exchange(() => this.channel.write(`${this.token}\n`), readyTimeoutMs, 'the login shell');
  }

  async run(command: HostCommand): Promise<CommandResult> {
    const text = encodeCommand(command, this.token);
    const { stdin } = command;
    const streaming = stdin !== undefined && typeof stdin !== 'string';
    const abort = new AbortController();
    try {
      const result = await this.exchange(
        () => {
          this.channel.write(text);
          if (streaming) void this.feed(stdin.stream, abort.signal);
        },
        command.timeoutMs + graceMs,
        programOf(command),
      );
      // 124: ended by `timeout`; 137: it had to kill.
      if (result.exitCode === 124 || result.exitCode === 137) throw timedOut(programOf(command), command.timeoutMs);
      return result;
    } finally {
      abort.abort();
      // The command may have ended without reading all of its stdin: what is left would be taken for commands.
      if (streaming) this.end();
    }
  }

  end(): void {
    this.usable = false;
    this.channel.close();
  }

  private async feed(stream: NodeJS.ReadableStream, signal: AbortSignal): Promise<void> {
    try {
      await pipeline(stream, this.channel, { signal, end: false });
    } catch (cause) {
      // When we stopped it ourselves the result is there already; otherwise the host waits for bytes that never come.
      if (!signal.aborted) this.fail(new DriverError('refused', 'the data to send could not be read', { cause }));
    }
  }

  private exchange(send: () => void, timeoutMs: number, what: string): Promise<CommandResult> {
    if (this.pending !== undefined) throw new DriverError('bug', 'a lane got a second command before the first ended');
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.fail(timedOut(what, timeoutMs));
        this.end();
      }, timeoutMs);
      this.pending = {
        settle: (result) => {
          clearTimeout(timer);
          this.pending = undefined;
          if (result instanceof DriverError) reject(result);
          else resolve(result);
        },
      };
      send();
    });
  }

  private collect(reader: FrameReader, chunk: Buffer): void {
    const { pending } = this;
    // Output between commands comes from something that a command left behind.
    if (pending === undefined) return;
    const frame = reader.push(chunk);
    if (frame === undefined) {
      if (reader.sizeBytes > maxOutputBytes) {
        this.fail(new DriverError('bug', `a host command printed more than ${maxOutputBytes} bytes`));
        this.end();
      }
      return;
    }
    if (reader === this.out) pending.stdout = frame;
    else pending.stderr = frame.output;
    if (pending.stdout === undefined || pending.stderr === undefined) return;
    pending.settle({ exitCode: Number(pending.stdout.trailer), stdout: pending.stdout.output, stderr: pending.stderr });
  }

  private fail(error: DriverError): void {
    this.pending?.settle(error);
  }
}
