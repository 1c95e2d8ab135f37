// The table of OS families.
import { Entity, Index } from 'typeorm';
import { FlagColumn, IdColumn, IntColumn, MomentColumn, TextColumn, UuidColumn } from '../../kernel/db/columns.ts';

@Entity('guest_os_category')
@Index('guest_os_category_uuid', ['uuid'], { unique: true })
@Index('guest_os_category_name', ['name'], { unique: true })
export class GuestOsCategory {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @FlagColumn() isFeatured: boolean;
  @IntColumn({ default: 0 }) sortKey: number;
  @MomentColumn() created: Date;
}
