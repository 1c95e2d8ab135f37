// Remembers which parameters that commands do not know were already logged: real clients send extras on every call.
import type { Command } from '../command/command.ts';
import type { RawParams } from '../command/raw-params.ts';
import type { Log } from '../log/log.ts';

/** Parameters of the protocol itself, and the cache breaker that jQuery adds. */
const ofTheProtocol = new Set([
  'command',
  'response',
  'apikey',
  'signature',
  'signatureversion',
  'expires',
  'sessionkey',
  'customjobid',
  '_',
]);

/** Names come from outside: what is remembered must stay bounded. */
const maxRemembered = 10_000;

export class UnknownParameters {
  private readonly seen = new Set<string>();

  constructor(private readonly log: Log) {}

  /** Logs each (command, name) once. */
  note(command: Command, raw: RawParams): void {
    for (const sent of raw.names()) {
      const name = sent.split('[', 1)[0]!;
      if (Object.hasOwn(command.params, name) || ofTheProtocol.has(name)) continue;
      const parameter = name.slice(0, 80);
      const key = `${command.name} ${parameter}`;
      if (this.seen.has(key) || this.seen.size >= maxRemembered) continue;
      this.seen.add(key);
      this.log.info({ command: command.name, parameter }, 'ignored a parameter that the command does not know');
    }
  }
}
