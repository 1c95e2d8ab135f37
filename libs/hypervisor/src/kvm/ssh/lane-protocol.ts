// How many commands share one SSH channel: the loop that runs on the host, the text sent to it, the framing of what it answers.
//
// sshd starts every exec through the login shell, and bash then reads ~/.bashrc even without a terminal: that costs up to 100 ms and may print or
// change anything. A lane pays it once, replaces the login shell by /bin/sh and then takes command after command on its stdin.
import type { HostCommand } from './host-shell.ts';
import { quoteArgument, quoteArguments } from './quote.ts';

/**
 * Reads a random token, then commands of any number of lines, each ended by a line with the token. After each command both output streams get a
 * line with the token, stdout's with the exit status. Descriptor 3 is the channel, so that no command can eat what follows it.
 */
const loop = `export LC_ALL=C PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin SSH_CONNECTION="$1"
unset ENV BASH_ENV TMOUT
umask 022; cd /
exec 3<&0 </dev/null
IFS= read -r k <&3 || exit 1
s=0; c=:
while :; do
  printf '\\n%s %s\\n' "$k" "$s"; printf '\\n%s\\n' "$k" >&2
  c=
  while IFS= read -r l <&3 || exit 0; do
    [ "$l" = "$k" ] && break
    c="$c$l
"
  done
  eval "$c"
  s=$?
done`;

/** Becomes root by sudo where the login is not root and sudo asks no password. */
const boot = `if [ "$(id -u)" != 0 ] && sudo -n true </dev/null >/dev/null 2>&1; then exec sudo -n /bin/sh -c "$1" strata "$SSH_CONNECTION"; fi
exec /bin/sh -c "$1" strata "$SSH_CONNECTION"`;

/** What the channel executes; the first line written to it must be the token. */
export const laneCommand = `exec ${quoteArguments(['/bin/sh', '-c', boot, 'strata', loop])}`;

/** The lines that make a lane run one command. A streamed stdin follows them byte for byte. */
export function encodeCommand(command: HostCommand, token: string): string {
  const seconds = Math.max(1, Math.ceil(command.timeoutMs / 1000));
  const run = `${quoteArguments(['timeout', '-k', '2', String(seconds), ...command.argv])} 3<&-`;
  const { stdin } = command;
  if (stdin === undefined) return `${run}\n${token}\n`;
  if (typeof stdin === 'string') return `printf %s ${quoteArgument(stdin)} 3<&- | ${run}\n${token}\n`;
  return `head -c ${stdin.sizeBytes} <&3 3<&- | ${run}\n${token}\n`;
}

/** Collects one output stream until its token line. */
export class FrameReader {
  private chunks: Buffer[] = [];
  private tail: Buffer = Buffer.alloc(0);
  private readonly marker: Buffer;
  sizeBytes = 0;

  constructor(token: string) {
    this.marker = Buffer.from(`\n${token}`);
  }

  /** The finished frame, with what stood behind the token on its line, or undefined while it is incomplete. */
  push(chunk: Buffer): { output: string; trailer: string } | undefined {
    this.chunks.push(chunk);
    this.sizeBytes += chunk.length;
    const window = Buffer.concat([this.tail, chunk]);
    const at = window.indexOf(this.marker);
    if (at < 0 || window.indexOf('\n', at + this.marker.length) < 0) {
      this.tail = at < 0 ? window.subarray(Math.max(0, window.length - this.marker.length)) : window.subarray(at);
      return undefined;
    }
    const all = Buffer.concat(this.chunks);
    const start = all.length - window.length + at;
    const end = all.indexOf('\n', start + this.marker.length);
    const frame = {
      output: all.subarray(0, start).toString('utf8'),
      trailer: all
        .subarray(start + this.marker.length, end)
        .toString('utf8')
        .trim(),
    };
    this.reset();
    return frame;
  }

  reset(): void {
    this.chunks = [];
    this.tail = Buffer.alloc(0);
    this.sizeBytes = 0;
  }
}
