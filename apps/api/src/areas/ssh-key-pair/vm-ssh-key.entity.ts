// The public keys that a machine is given: copies, so that a pair can be deleted while machines have its key.
import { Entity } from 'typeorm';
import { IntColumn, LongTextColumn, RefColumn, TextColumn } from '../../kernel/db/columns.ts';

@Entity('vm_ssh_key')
export class VmSshKey {
  @RefColumn({ primary: true }) vmId: number;
  /** From 0, in the order of the request. */
  @IntColumn({ primary: true }) position: number;
  /** Of the key pair when the machine was given it. */
  @TextColumn() name: string;
  /** One line as in authorized_keys. */
  @LongTextColumn() publicKey: string;
}
