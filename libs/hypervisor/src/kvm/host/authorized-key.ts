// The management key in the login user's authorized_keys: exactly our line, added and taken back.
import { DriverError } from '../../driver-error.ts';
import { checkPublicKey } from '../host-strings.ts';
import { script } from '../ssh/host-shell.ts';
import type { HostShell } from '../ssh/host-shell.ts';

const quickMs = 20_000;

/** `$1` login user, `$2` key line. Works as root by sudo too: the file stays its user's. */
const openFile = `home=$(getent passwd "$1" | cut -d: -f6)
[ -n "$home" ] || { echo "no home folder of $1" >&2; exit 1; }
file="$home/.ssh/authorized_keys"
`;

const installScript = `${openFile}umask 077
if [ ! -d "$home/.ssh" ]; then mkdir -p "$home/.ssh" && chown "$1:" "$home/.ssh" || exit 1; fi
grep -qsxF "$2" "$file" && exit 0
if [ ! -e "$file" ]; then : > "$file" && chown "$1:" "$file" || exit 1; fi
if [ -s "$file" ] && [ -n "$(tail -c 1 "$file")" ]; then echo >> "$file" || exit 1; fi
printf '%s\\n' "$2" >> "$file"`;

/** Writes the file anew beside itself, so that a full disk can't lock anyone out. */
const removeScript = `${openFile}grep -qsxF "$2" "$file" || exit 0
new="$file.strata-new"
cp -p "$file" "$new" || exit 1
grep -vxF "$2" "$file" > "$new"
[ $? -le 1 ] && mv "$new" "$file"`;

export async function installKey(shell: HostShell, username: string, publicKeyOpenSsh: string): Promise<void> {
  await edit(shell, installScript, username, publicKeyOpenSsh, 'install');
}

export async function removeKey(shell: HostShell, username: string, publicKeyOpenSsh: string): Promise<void> {
  await edit(shell, removeScript, username, publicKeyOpenSsh, 'take back');
}

async function edit(shell: HostShell, text: string, username: string, publicKeyOpenSsh: string, doing: string): Promise<void> {
  const result = await shell.run({ argv: script(text, username, checkPublicKey(publicKeyOpenSsh)), timeoutMs: quickMs });
  if (result.exitCode !== 0) throw new DriverError('refused', `could not ${doing} the management key: ${result.stderr.trim()}`);
}
