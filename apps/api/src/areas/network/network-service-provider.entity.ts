// The table of network service providers: what may serve the networks of a physical network.
import type { NetworkServiceProviderState } from '@strata/domain';
import { Entity, Index } from 'typeorm';
import { IdColumn, MomentColumn, RefColumn, TextColumn, UuidColumn, VersionColumn, WordColumn } from '../../kernel/db/columns.ts';

@Entity('network_service_provider')
@Index('network_service_provider_uuid', ['uuid'], { unique: true })
@Index('network_service_provider_name', ['physicalNetworkId', 'name'], { unique: true })
export class NetworkServiceProvider {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() physicalNetworkId: number;
  @WordColumn() name: string;
  @WordColumn() state: NetworkServiceProviderState;
  @VersionColumn() version: number;
  /** Comma-separated names of the services that are switched on. */
  @TextColumn() services: string;
  @MomentColumn() created: Date;
}
