// Turns what cp, mv, qemu-img, mount and their like print into driver errors.
import { DriverError } from '../../driver-error.ts';
import type { DriverErrorKind, DriverErrorReason } from '../../driver-error.ts';
import { lockedExitCode } from '../ssh/host-shell.ts';
import type { CommandResult } from '../ssh/host-shell.ts';

const failures: readonly (readonly [pattern: RegExp, kind: DriverErrorKind, reason?: DriverErrorReason])[] = [
  [/no space left on device|disk quota exceeded/i, 'refused', 'noSpace'],
  [/read-only file system/i, 'refused', 'readOnly'],
  [/permission denied|operation not permitted/i, 'refused'],
  [/stale file handle|input\/output error|transport endpoint is not connected|timed out/i, 'unreachable'],
  [/is busy|failed to get ".*" lock|is another process using the image|resource temporarily unavailable/i, 'busy'],
  [/no such file or directory|could not open/i, 'missing'],
  [/command not found|: not found|unknown option|invalid option/i, 'unsupported'],
];

/** Exit statuses of our own scripts. */
export const exitCodes = { notMounted: 80, missing: 81, different: 82, checksum: 83 } as const;

export function fileFailure(doing: string, result: CommandResult): DriverError {
  const text = result.stderr
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ')
    .slice(0, 600);
  switch (result.exitCode) {
    case lockedExitCode:
      return new DriverError('busy', `could not ${doing}: another operation on this file is still at work on the host`);
    case exitCodes.notMounted:
      return new DriverError('missing', `could not ${doing}: its storage is not mounted on the host`);
    case exitCodes.missing:
      return new DriverError('missing', `could not ${doing}: ${text === '' ? 'there is no such file' : text}`);
    case exitCodes.different:
      return new DriverError('refused', `could not ${doing}: another file is there already`);
    case exitCodes.checksum:
      return new DriverError('refused', `could not ${doing}: ${text}`, { reason: 'checksumMismatch' });
    default: {
      const [, kind = 'bug', reason] = failures.find(([pattern]) => pattern.test(text)) ?? [];
      const message = `could not ${doing}: ${text === '' ? `exit status ${result.exitCode}` : text}`;
      return new DriverError(kind, message, reason === undefined ? {} : { reason });
    }
  }
}
