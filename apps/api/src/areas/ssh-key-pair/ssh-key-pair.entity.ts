// A user's SSH key pair, of which only the public half is kept.
import { Entity, Index } from 'typeorm';
import { IdColumn, LongTextColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, WordColumn } from '../../kernel/db/columns.ts';

@Entity('ssh_key_pair')
@Index('ssh_key_pair_uuid', ['uuid'], { unique: true })
@Index('ssh_key_pair_name', ['accountId', 'name'], { unique: true })
@Index('ssh_key_pair_domain', ['domainId'])
export class SshKeyPair {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @RefColumn() accountId: number;
  @RefColumn() domainId: number;
  /** MD5 of the key's blob: sixteen hexadecimal pairs with colons between, as clients know it. */
  @WordColumn() fingerprint: string;
  /** One line as in authorized_keys. */
  @LongTextColumn() publicKey: string;
  @MomentColumn() created: Date;
}
