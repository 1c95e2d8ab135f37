// The table of OS types that templates and machines can be of.
import { Entity, Index } from 'typeorm';
import { FlagColumn, IdColumn, RefColumn, TextColumn, UuidColumn } from '../../kernel/db/columns.ts';

@Entity('guest_os_type')
@Index('guest_os_type_uuid', ['uuid'], { unique: true })
@Index('guest_os_type_name', ['name'], { unique: true })
@Index('guest_os_type_category', ['categoryId'])
export class GuestOsType {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  /** As listOsTypes describes it: `Debian GNU/Linux 13 (64-bit)`. */
  @TextColumn() name: string;
  @RefColumn() categoryId: number;
  @FlagColumn({ default: true }) forDisplay: boolean;
}
