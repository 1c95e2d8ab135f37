// The SSH key pair with which this installation logs in to its hosts: one row.
import { Entity } from 'typeorm';
import { LongTextColumn, RefColumn, TextColumn } from '../../kernel/db/columns.ts';

@Entity('management_key')
export class ManagementKey {
  @RefColumn({ primary: true }) id: number;
  @TextColumn({ length: 1024 }) publicKey: string;
  /** In OpenSSH format, sealed with the master key. */
  @LongTextColumn() sealedPrivateKey: string;
}
