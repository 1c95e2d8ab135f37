// The shell on the serial console of the lab's guest, as somebody at that console uses it.
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { HostName, LabCloud } from './lab-cloud.ts';

const answerMs = 20_000;

/** QEMU looks once a second whether somebody is at the terminal, and until then drops what is typed. */
const noticedMs = 1_500;
/** Longer than any spec talks to one guest. */
const heldSeconds = 900;

export class GuestShell {
  /** The log keeps what other shells on this machine have printed. */
  private asked = randomInt(1_000_000, 1_000_000_000);

  private constructor(
    private readonly cloud: LabCloud,
    readonly host: HostName,
    readonly machine: string,
  ) {}

  /** Sits down at the console of a machine that has booted. */
  static async open(cloud: LabCloud, host: HostName, machine: string): Promise<GuestShell> {
    const hold = `sh -c 'exec sleep ${heldSeconds} >"$0"' "$tty"`;
    cloud.at(host, `tty=$(virsh ttyconsole ${machine}) || exit; setsid ${hold} </dev/null >/dev/null 2>&1 &`);
    await sleep(noticedMs);
    return new GuestShell(cloud, host, machine);
  }

  /**
   * Types a line and waits for its end.
   * @returns what it printed. @throws Error with the end of the serial log when no answer comes
   */
  async run(command: string, timeoutMs = answerMs): Promise<string> {
    const id = (this.asked += 1);
    // The console shows what is typed as well: there the sums are not worked out.
    const line = `echo BEGIN-$((${id}+1000)); ${command}; echo END-$((${id}+1000))`;
    this.type(line);
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const log = this.cloud.serialLog(this.host, this.machine).replaceAll('\r', '');
      const begin = log.lastIndexOf(`BEGIN-${id + 1000}\n`);
      const end = begin < 0 ? -1 : log.indexOf(`END-${id + 1000}\n`, begin);
      if (end >= 0) return log.slice(begin + `BEGIN-${id + 1000}\n`.length, end).trim();
      if (performance.now() > deadline) throw new Error(`no answer to "${command}" on ${this.machine}:\n${log.slice(-600)}`);
      await sleep(200);
    }
  }

  /** The pseudo terminal's own side of the line: what is written there is typed at the machine. */
  private type(line: string): void {
    this.cloud.at(this.host, `tty=$(virsh ttyconsole ${this.machine}) && printf '%s\\n' ${quoted(line)} >"$tty"`);
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
