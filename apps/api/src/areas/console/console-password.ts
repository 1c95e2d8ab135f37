// The password that a machine's display asks for: eight letters and digits, which is all that VNC takes.
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const length = 8;
/** Bytes from here on would make the first characters of the alphabet likelier than the others. */
const fairBytes = 256 - (256 % alphabet.length);

/** The same over stops, starts and migrations; derived from the master key, so that no row, job or log holds it. */
export function consolePasswordOf(secrets: SecretBox, machineUuid: string): string {
  const fair = [...secrets.derive('console password', machineUuid, 64)].filter((byte) => byte < fairBytes);
  return fair
    .slice(0, length)
    .map((byte) => alphabet[byte % alphabet.length])
    .join('');
}
