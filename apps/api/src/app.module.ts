// What the server is put together from: the one list of areas, and the Nest module around the HTTP layer.
import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { capacityArea } from './areas/capacity/area.ts';
import { guestOsArea } from './areas/guest-os/area.ts';
import { networkArea } from './areas/network/area.ts';
import { offeringArea } from './areas/offering/area.ts';
import { storagePoolArea } from './areas/storage-pool/area.ts';
import { vmArea } from './areas/vm/area.ts';
import { zoneArea } from './areas/zone/area.ts';
import type { Area } from './kernel/area.ts';
import type { HttpServices } from './kernel/http/http-services.ts';
import { HttpModule } from './kernel/http/http.module.ts';

export const areas: readonly Area[] = [zoneArea, networkArea, offeringArea, guestOsArea, capacityArea, storagePoolArea, vmArea];

@Module({})
export class AppModule {
  static with(services: HttpServices): DynamicModule {
    return { module: AppModule, imports: [HttpModule.with(services), ScheduleModule.forRoot()] };
  }
}
