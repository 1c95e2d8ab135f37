// The password that a machine is still to be given, until its guest has taken it.
import { Entity } from 'typeorm';
import { LongTextColumn, RefColumn, UuidColumn } from '../../kernel/db/columns.ts';

@Entity('vm_password')
export class VmPassword {
  @RefColumn({ primary: true }) vmId: number;
  /** Tells one password from the next. */
  @UuidColumn() revision: string;
  /** Sealed with the master key. */
  @LongTextColumn() sealedPassword: string;
}
