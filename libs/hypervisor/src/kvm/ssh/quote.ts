// The one place where an argument list becomes text for a shell.
import { DriverError } from '../../driver-error.ts';

/** Words of safe characters stay readable; everything else goes into single quotes, where a POSIX shell interprets nothing. */
export function quoteArgument(argument: string): string {
  if (argument.includes('\0')) throw new DriverError('bug', 'an argument for a host command holds a NUL character');
  if (/^[A-Za-z0-9_./:@%+,-]+$/.test(argument)) return argument;
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}

export function quoteArguments(argv: readonly string[]): string {
  return argv.map(quoteArgument).join(' ');
}
