// Certificates with which system machines serve browsers: uploaded ones, and the installation's own.
import { Entity, Index } from 'typeorm';
import { IdColumn, IntColumn, LongTextColumn, MomentColumn, RefColumn, TextColumn, UuidColumn } from '../../kernel/db/columns.ts';

/** One that was uploaded: the server's with its key, or a link of the chain above it. */
@Entity('certificate')
@Index('certificate_uuid', ['uuid'], { unique: true })
@Index('certificate_name', ['name'], { unique: true })
export class Certificate {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @TextColumn() name: string;
  /** Place in the chain, 1 at its top; null for the server's own. */
  @IntColumn({ nullable: true }) position: number | null;
  /** What follows the first label of the names it is for. */
  @TextColumn() domainSuffix: string;
  /** PEM. */
  @LongTextColumn() certificate: string;
  /** PEM, as SecretBox sealed it; on the server's own. */
  @LongTextColumn({ nullable: true }) sealedPrivateKey: string | null;
  @MomentColumn() created: Date;
}

/** The one row with the installation's authority and the key of its servers. */
@Entity('own_authority')
export class OwnAuthority {
  @RefColumn({ primary: true }) id: number;
  @TextColumn() name: string;
  /** PEM. */
  @LongTextColumn() certificate: string;
  @LongTextColumn() sealedPrivateKey: string;
  @LongTextColumn() sealedServerKey: string;
  /** From when the certificates of servers are good: moved on well before they end. */
  @MomentColumn() serversFrom: Date;
}
