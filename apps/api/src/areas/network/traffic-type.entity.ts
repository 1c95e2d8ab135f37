// The table of traffic types: which kinds of traffic a physical network carries and by which bridge or label.
import { Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, WordColumn } from '../../kernel/db/columns.ts';

export const trafficKinds = ['Guest', 'Management', 'Public', 'Storage'] as const;
export type TrafficKind = (typeof trafficKinds)[number];

@Entity('traffic_type')
@Index('traffic_type_uuid', ['uuid'], { unique: true })
@Index('traffic_type_network_kind', ['physicalNetworkId', 'kind'], { unique: true })
export class TrafficType {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() physicalNetworkId: number;
  @WordColumn() kind: TrafficKind;
  /** The bridge of this traffic on KVM hosts; null: the hosts' default bridge. */
  @TextColumn({ nullable: true }) kvmLabel: string | null;
  @TextColumn({ nullable: true }) xenLabel: string | null;
  @TextColumn({ nullable: true }) vmwareLabel: string | null;
  @TextColumn({ nullable: true }) hypervLabel: string | null;
  @TextColumn({ nullable: true }) ovm3Label: string | null;
  @MomentColumn() created: Date;
}
