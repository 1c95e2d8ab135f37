// What libvirt's daemons have noted on a host: in their files and in the journal.
import { type HostShell, script } from '../ssh/host-shell.ts';

const readMs = 20_000;
const mostBytes = 2 ** 20;

/** Hosts keep either, both or none; libvirtd is one daemon or, on newer systems, one for each driver. */
const logScript = `{ journalctl -q --no-pager -o short-iso -n 2000 -u libvirtd.service -u virtqemud.service 2>/dev/null
for file in /var/log/libvirt/virtqemud.log /var/log/libvirt/libvirtd.log; do
  [ -r "$file" ] && tail -c "$1" "$file"
done
} | tail -c "$1"`;

export async function readHostLog(shell: HostShell, maxBytes: number): Promise<string> {
  const bytes = String(Math.max(1, Math.min(mostBytes, Math.floor(maxBytes))));
  const result = await shell.run({ argv: script(logScript, bytes), timeoutMs: readMs });
  return result.stdout;
}
