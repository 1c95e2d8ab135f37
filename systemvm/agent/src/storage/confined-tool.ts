// Runs programs on files that strangers made: as nobody, without capabilities, with bounds on memory and time; the file comes as standard input.
import { spawn } from 'node:child_process';
import type { FileHandle } from 'node:fs/promises';
import { type Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { AgentProblem } from '../agent-problem.ts';

/** User and group `nobody` of Debian; it owns nothing. */
export const nobody = 65_534;
const memoryBytes = 2 ** 30;
const maxComplaint = 500;

export interface ConfinedRun {
  /** Standard input, from its beginning; programs that need a name find it at `inputPath`. */
  readonly input: FileHandle;
  /** Of the processor, and of the clock. */
  readonly seconds: number;
  /** Takes what it prints. */
  readonly output: Writable;
  readonly through?: NodeJS.ReadWriteStream;
  readonly signal: AbortSignal;
}

/** A name for what standard input is: opening it again asks for the rights on the file itself, not for those on its folders. */
export const inputPath = '/proc/self/fd/0';

/** Throws `AgentProblem('failed')` with what the program said, or the error of a stream. */
export async function runConfined(program: string, args: readonly string[], run: ConfinedRun): Promise<void> {
  const { input, seconds, output, through, signal } = run;
  const [first, ...rest] = confinedCommand(program, args, seconds);
  const child = spawn(first!, rest, {
    stdio: [input.fd, 'pipe', 'pipe'],
    cwd: '/',
    env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' },
    timeout: seconds * 1_000,
    killSignal: 'SIGKILL',
    signal,
  });
  let complaint = '';
  child.stderr!.on('data', (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(0, maxComplaint)));
  const ended = new Promise<void>((done, fail) => {
    child.on('error', (error) =>
      fail(signal.aborted ? error : new AgentProblem('failed', `${program} could not run: ${error.message}`, error)),
    );
    child.on('close', (code, killedBy) => {
      if (code === 0) return done();
      const why = complaint.trim() || (killedBy === null ? `it ended with code ${code}` : `it was ended by ${killedBy}`);
      fail(new AgentProblem('failed', `${program}: ${why}`));
    });
  });
  const printed = child.stdout as Readable;
  const flow = through ? pipeline(printed, through, output, { signal }) : pipeline(printed, output, { signal });
  // Whoever takes the output knows better why it ended than the program that lost its reader.
  flow.catch(() => child.kill('SIGKILL'));
  const [flowed, finished] = await Promise.allSettled([flow, ended]);
  if (flowed.status === 'rejected' && (through || finished.status === 'fulfilled')) throw flowed.reason as Error;
  if (finished.status === 'rejected') throw finished.reason as Error;
}

/** What a program prints, which is little. */
export async function readConfined(
  program: string,
  args: readonly string[],
  run: Omit<ConfinedRun, 'output' | 'through'>,
): Promise<string> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const [printed] = await Promise.all([text(readable), runConfined(program, args, { ...run, output: Writable.fromWeb(writable) })]);
  return printed;
}

function confinedCommand(program: string, args: readonly string[], seconds: number): string[] {
  const bounds = ['prlimit', `--as=${memoryBytes}`, `--cpu=${seconds}`, '--core=0', '--nofile=64', '--'];
  const drop = ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups', '--bounding-set=-all', '--inh-caps=-all'];
  // Only root can become somebody else.
  return [...bounds, ...(process.getuid?.() === 0 ? [...drop, '--no-new-privs', '--'] : []), program, ...args];
}
