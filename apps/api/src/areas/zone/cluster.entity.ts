// The table of clusters: hosts of one kind that share primary storage.
import type { AllocationState } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, WordColumn } from '../../kernel/db/columns.ts';

export const clusterHypervisors = ['KVM', 'Simulator'] as const;
export type ClusterHypervisor = (typeof clusterHypervisors)[number];
export const clusterTypes = ['CloudManaged', 'ExternalManaged'] as const;
/** As `uname -m` says them. */
export const processorArchitectures = ['x86_64', 'aarch64'] as const;
export const managedStates = ['Managed', 'Unmanaged'] as const;

@Entity('cluster')
@Index('cluster_uuid', ['uuid'], { unique: true })
@Index('cluster_pod_name', ['podId', 'name'], { unique: true })
@Index('cluster_zone', ['zoneId'])
export class Cluster {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() zoneId: number;
  @RefColumn() podId: number;
  @TextColumn() name: string;
  @WordColumn() hypervisor: ClusterHypervisor;
  @WordColumn() clusterType: (typeof clusterTypes)[number];
  @WordColumn() managedState: (typeof managedStates)[number];
  @WordColumn() allocationState: AllocationState;
  /** As `uname -m` says it; taken from the first host unless it was given. Null again when the last host goes. */
  @WordColumn({ nullable: true }) arch: string | null;
  @MomentColumn() created: Date;
}
