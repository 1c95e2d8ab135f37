// listSSHKeyPairs
import { everyRole } from '../../kernel/command/caller.ts';
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { SshKeyPair } from './ssh-key-pair.entity.ts';
import { sshKeyPairSource, sshKeyPairView } from './ssh-key-pair.view.ts';

export const listSSHKeyPairs = listCommand({
  name: 'listSSHKeyPairs',
  about: 'Lists SSH key pairs.',
  roles: everyRole,
  since: '1.0',
  item: 'sshkeypair',
  params: {
    id: param.ref(SshKeyPair, { access: 'see', about: 'only this key pair' }),
    name: param.string({ about: 'only key pairs of this name' }),
    fingerprint: param.string({ about: 'only the key pair of this fingerprint' }),
  },
  source: sshKeyPairSource,
  returns: sshKeyPairView,
  keyword: ['k.name', 'k.fingerprint'],
  ownedBy: { account: 'k.account_id', domain: 'k.domain_id' },
  where(args, where) {
    where.equals('k.id', args.id?.id).equals('k.name', args.name).equals('k.fingerprint', args.fingerprint?.toLowerCase());
  },
});
