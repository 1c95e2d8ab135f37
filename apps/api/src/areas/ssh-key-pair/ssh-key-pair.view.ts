// The SSH key pair as answers show it, and how its rows are read.
import { source } from '../../kernel/command/source.ts';
import { field, view } from '../../kernel/command/view.ts';

export interface SshKeyPairRow {
  readonly id: number;
  readonly uuid: string;
  readonly name: string;
  readonly fingerprint: string;
  readonly accountName: string;
  readonly domainUuid: string;
  readonly domainName: string;
}

export const sshKeyPairSource = source<SshKeyPairRow>({
  from: 'ssh_key_pair k',
  joins: ['JOIN account a ON a.id = k.account_id', 'JOIN domain d ON d.id = k.domain_id'],
  columns: {
    id: 'k.id',
    uuid: 'k.uuid',
    name: 'k.name',
    fingerprint: 'k.fingerprint',
    accountName: 'a.name',
    domainUuid: 'd.uuid',
    domainName: 'd.name',
  },
});

const fields = {
  id: field.string<SshKeyPairRow>('the id of the key pair', (pair) => pair.uuid),
  name: field.string<SshKeyPairRow>('its name', (pair) => pair.name),
  fingerprint: field.string<SshKeyPairRow>('the MD5 fingerprint of the public key', (pair) => pair.fingerprint),
  account: field.string<SshKeyPairRow>('the account it belongs to', (pair) => pair.accountName),
  domainid: field.string<SshKeyPairRow>('the domain of that account', (pair) => pair.domainUuid),
  domain: field.string<SshKeyPairRow>('the name of that domain', (pair) => pair.domainName),
};

export const sshKeyPairView = view<SshKeyPairRow>('keypair', fields);

/** Answered once, by the command that makes the pair: the private half is not kept. */
export const newSshKeyPairView = view<SshKeyPairRow & { readonly privateKey: string }>('keypair', {
  ...fields,
  privatekey: field.string('the private key, which is shown this once', (pair) => pair.privateKey),
});
