// Asks for a password on the terminal without showing it.
import { CommandLineError } from './command-line-error.ts';

/** From STRATA_HOST_PASSWORD where that is set. Undefined without a terminal: then the management key must do. */
export async function readPassword(prompt: string): Promise<string | undefined> {
  const given = process.env['STRATA_HOST_PASSWORD'];
  if (given !== undefined) return given;
  const { stdin } = process;
  if (!stdin.isTTY) return undefined;
  process.stderr.write(prompt);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  let password = '';
  try {
    for await (const typed of stdin as AsyncIterable<string>) {
      for (const character of typed) {
        if (character === '\r' || character === '\n') return password === '' ? undefined : password;
        if (character === '\u0003') throw new CommandLineError('interrupted');
        password = character === '\u007f' ? password.slice(0, -1) : password + character;
      }
    }
    return undefined;
  } finally {
    stdin.setRawMode(false);
    process.stderr.write('\n');
  }
}
