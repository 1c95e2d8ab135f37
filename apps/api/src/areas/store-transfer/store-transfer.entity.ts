// What secondary-storage machines are asked to do: bring a file into an image store, or hand one out under a link.
import { Entity, Index } from 'typeorm';
import { BigColumn, IdColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, WordColumn } from '../../kernel/db/columns.ts';

/** A file on its way into an image store. The row is gone when the file has arrived; the state of what it is for is in that row. */
@Entity('store_transfer')
@Index('store_transfer_uuid', ['uuid'], { unique: true })
@Index('store_transfer_subject', ['subjectType', 'subjectId'], { unique: true })
@Index('store_transfer_store', ['storeId'])
@Index('store_transfer_zone', ['zoneId'])
export class StoreTransfer {
  @IdColumn() id: number;
  /** By which the agent knows it. A new attempt is another one. */
  @UuidColumn() uuid: string;
  @WordColumn() kind: 'download' | 'upload';
  /** A copy of a template or ISO, or a volume. */
  @WordColumn() subjectType: 'TemplateCopy' | 'Volume';
  @RefColumn() subjectId: number;
  @RefColumn() storeId: number;
  @RefColumn() zoneId: number;
  @WordColumn() format: 'qcow2' | 'iso';
  /** Relative to the store's root. */
  @TextColumn({ charset: 'ascii', collation: 'ascii_bin' }) path: string;
  /** Of downloads; empty for uploads. */
  @TextColumn({ length: 2048, default: '' }) url: string;
  /** `{SHA-256}…`, or empty. */
  @WordColumn({ length: 255, default: '' }) checksum: string;
  /** The machine that works at it, or whose key an upload is signed with. */
  @RefColumn({ nullable: true }) systemVmId: number | null;
  @BigColumn({ default: 0 }) bytesDone: number;
  @BigColumn({ nullable: true }) bytesTotal: number | null;
  @BigColumn({ default: 0 }) bytesPerSecond: number;
  /** Why it does not go on at the moment; empty while it does. */
  @TextColumn({ length: 1024, default: '' }) waiting: string;
  /** Until when an upload may begin. */
  @MomentColumn({ nullable: true }) expiresAt: Date | null;
  @MomentColumn() created: Date;
}

/** A file of an image store that anyone who knows the link may fetch, for a while. */
@Entity('store_link')
@Index('store_link_uuid', ['uuid'], { unique: true })
@Index('store_link_subject', ['subjectType', 'subjectId'])
@Index('store_link_store', ['storeId'])
export class StoreLink {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @WordColumn() subjectType: 'Template' | 'Iso' | 'Volume';
  @RefColumn() subjectId: number;
  @RefColumn() accountId: number;
  @RefColumn() storeId: number;
  @RefColumn() zoneId: number;
  /** Relative to the store's root. */
  @TextColumn({ charset: 'ascii', collation: 'ascii_bin' }) path: string;
  /** The file was made for the link and goes with it. */
  @WordColumn() ownership: 'shared' | 'own';
  /** The secret part of the link: 256 random bits, base64url. */
  @WordColumn() token: string;
  /** Where the machine is that hands it out, as `https://10.1.2.3`; null until one does. */
  @TextColumn({ charset: 'ascii', collation: 'ascii_bin', nullable: true }) site: string | null;
  @MomentColumn() expiresAt: Date;
  @MomentColumn() created: Date;
}
