// The table of domains: the tree of tenancy.
import { Column, Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, MomentColumn, RefColumn, TextColumn, UuidColumn } from '../../kernel/db/columns.ts';

/** The root of the tree, the same in every installation. */
export const rootDomainId = 1;

/** What an index of the database can hold. */
export const maxPathLength = 700;

@Entity('domain')
@Index('domain_uuid', ['uuid'], { unique: true })
@Index('domain_name', ['parentId', 'name'], { unique: true })
@Index('domain_path', ['path'], { unique: true })
export class Domain {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn({ length: 100 }) name: string;
  /** Null for ROOT. */
  @RefColumn({ nullable: true }) parentId: number | null;
  /** Names from the root down: `/` for ROOT, `/a/b/` below. Compared byte by byte: prefixes of it decide who may see what. */
  @Column({ type: 'varchar', length: maxPathLength, charset: 'utf8mb4', collation: 'utf8mb4_bin' }) path: string;
  /** 0 for ROOT. */
  @IntColumn() level: number;
  /** DNS suffix of guests whose network has none of its own. */
  @TextColumn({ nullable: true }) networkDomain: string | null;
  @MomentColumn() created: Date;
}
