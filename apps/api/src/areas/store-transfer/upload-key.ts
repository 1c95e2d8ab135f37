// The key that the uploads of one secondary-storage VM are signed with.
import type { SecretBox } from '../../kernel/secrets/secret-box.ts';
import type { SystemVm } from '../system-vm/system-vm.entity.ts';

/** Hex. Of another machine it is another one: what was signed for a machine that is gone is of no use. */
export function uploadKeyOf({ uuid }: Pick<SystemVm, 'uuid'>, secrets: SecretBox): string {
  return secrets.derive('storage upload', uuid, 32).toString('hex');
}
