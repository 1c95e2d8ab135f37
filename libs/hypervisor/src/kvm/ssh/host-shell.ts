// What the rest of the driver needs from a host: run an argument list there. Over SSH or on this machine.
import type { Readable } from 'node:stream';
import { DriverError } from '../../driver-error.ts';

export interface HostCommand {
  /** Program and arguments; no shell ever interprets them. */
  readonly argv: readonly [string, ...string[]];
  /** Text, or a stream of exactly `sizeBytes`. */
  readonly stdin?: string | { readonly stream: Readable; readonly sizeBytes: number };
  readonly timeoutMs: number;
  /** Work of minutes: it may use only a part of a host's sessions, so that pings and stops always find one. */
  readonly long?: boolean;
}

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface HostShell {
  /** A failing command is a result; throws `DriverError` when the host did not answer, the time ran out or the output exceeds the cap. */
  run(command: HostCommand): Promise<CommandResult>;
}

/** Output beyond this is a sign of a wrong command, not of a large host. */
export const maxOutputBytes = 4 * 1024 * 1024;

/** A POSIX shell script of ours with its parameters as `$1`, `$2` …: values never become part of the script's text. */
export function script(text: string, ...parameters: readonly string[]): HostCommand['argv'] {
  return ['/bin/sh', '-c', text, 'strata', ...parameters];
}

/** The exit status of a script that waited in vain for a lock (EX_TEMPFAIL of sysexits). */
export const lockedExitCode = 75;

/**
 * Opens a script whose effect must not run twice at a time: takes the host's lock named `$1`, waiting up to `$2` seconds, then shifts both away.
 * After a lost connection the first attempt may still be at work; the second waits here until it is over and then sees its outcome.
 * Programs that stay behind must not inherit the lock: start them with `9>&-`.
 */
export const takeLock = `mkdir -p -m 700 /run/strata && exec 9>"/run/strata/$1.lock" || exit 1
flock -w "$2" 9 || exit ${lockedExitCode}
shift 2
`;

export function timedOut(what: string, timeoutMs: number): DriverError {
  return new DriverError('unreachable', `${what} did not end within ${Math.ceil(timeoutMs / 1000)} s`, { reason: 'timedOut' });
}

/** Names a command in messages without its arguments, which may be long. */
export function programOf(command: HostCommand): string {
  return command.argv[0] === '/bin/sh' ? 'a host script' : command.argv[0];
}
