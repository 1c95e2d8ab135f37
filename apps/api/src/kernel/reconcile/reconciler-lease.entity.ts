// Which server runs a reconciler: it keeps it for as long as its own lease lasts.
import { Entity } from 'typeorm';
import { RefColumn, WordColumn } from '../db/columns.ts';

@Entity('reconciler_lease')
export class ReconcilerLease {
  @WordColumn({ primary: true }) name: string;
  @RefColumn({ nullable: true }) serverId: number | null;
}
