// What the subcommands share: the installation they speak to and how their words are read.
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { CommandLineError } from './command-line-error.ts';
import type { SystemClient } from './system-client.ts';

export interface Installation {
  /** The data folder. */
  readonly folder: string;
  /** Where clients reach the API, without its path. */
  readonly url: string;
  /** Undefined when the database does not run. */
  readonly databaseUrl: string | undefined;
  readonly client: SystemClient;
  /** What commands about this installation must say in addition, with a space in front: nothing for the default folder. */
  readonly dataOption: string;
}

/** Options and plain words of a subcommand; anything unknown is refused in one line. */
export function readWords<Options extends NonNullable<ParseArgsConfig['options']>>(
  words: string[],
  options: Options,
): ReturnType<typeof parseArgs<{ args: string[]; options: Options; allowPositionals: true }>> {
  try {
    return parseArgs({ args: words, options, allowPositionals: true });
  } catch (error) {
    throw notUnderstood(error);
  }
}

/** Options of a subcommand that takes no plain words. */
export function readOptions<Options extends NonNullable<ParseArgsConfig['options']>>(
  words: string[],
  options: Options,
): ReturnType<typeof parseArgs<{ args: string[]; options: Options }>>['values'] {
  try {
    return parseArgs({ args: words, options }).values;
  } catch (error) {
    throw notUnderstood(error);
  }
}

function notUnderstood(error: unknown): CommandLineError {
  return new CommandLineError(`${(error as Error).message.split('. To specify')[0]} (./strata help shows the options)`);
}
