// Secondary storage: an NFS export of a zone that keeps templates, ISOs and volume snapshots.
import { Entity, Index } from 'typeorm';
import { BigColumn, FlagColumn, IdColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, WordColumn } from '../../kernel/db/columns.ts';

@Entity('image_store')
@Index('image_store_uuid', ['uuid'], { unique: true })
@Index('image_store_export', ['server', 'path'], { unique: true })
@Index('image_store_zone', ['zoneId'])
export class ImageStore {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  @RefColumn() zoneId: number;
  @WordColumn() provider: 'NFS';
  @TextColumn({ length: 253, charset: 'ascii', collation: 'ascii_general_ci' }) server: string;
  @TextColumn({ length: 500, charset: 'ascii', collation: 'ascii_bin' }) path: string;
  @FlagColumn() readOnly: boolean;
  /** Mounted once on a host of the zone: from then on it takes files. */
  @FlagColumn() ready: boolean;
  @BigColumn({ default: 0 }) totalBytes: number;
  @BigColumn({ default: 0 }) usedBytes: number;
  @MomentColumn() created: Date;
}
