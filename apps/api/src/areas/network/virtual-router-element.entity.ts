// The table of virtual router elements: the switch of a virtual router provider.
import { Entity, Index } from 'typeorm';
import { FlagColumn, IdColumn, RefColumn, UuidColumn, WordColumn } from '../../kernel/db/columns.ts';

@Entity('virtual_router_element')
@Index('virtual_router_element_uuid', ['uuid'], { unique: true })
@Index('virtual_router_element_provider', ['providerId', 'type'], { unique: true })
export class VirtualRouterElement {
  @IdColumn() id: number;
  @UuidColumn() uuid: string;
  @RefColumn() providerId: number;
  @WordColumn() type: 'VirtualRouter' | 'VPCVirtualRouter';
  @FlagColumn() enabled: boolean;
}
