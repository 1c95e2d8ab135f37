// What the server is put together from: the one list of areas, and the Nest module around the HTTP layer.
import { type DynamicModule, Module } from '@nestjs/common';
import { ScheduleModule } from '@nestjs/schedule';
import { accountArea } from './areas/account/area.ts';
import { capacityArea } from './areas/capacity/area.ts';
import { configurationArea } from './areas/configuration/area.ts';
import { certificateArea } from './areas/certificate/area.ts';
import { consoleArea } from './areas/console/area.ts';
import { ConsoleController } from './areas/console/console.controller.ts';
import { doctorArea } from './areas/doctor/area.ts';
import { eventArea } from './areas/event/area.ts';
import { jobArea } from './areas/job/area.ts';
import { firewallArea } from './areas/firewall/area.ts';
import { guestOsArea } from './areas/guest-os/area.ts';
import { hostArea } from './areas/host/area.ts';
import { imageStoreArea } from './areas/image-store/area.ts';
import { inventoryArea } from './areas/inventory/area.ts';
import { ipAddressArea } from './areas/ip-address/area.ts';
import { loginPageArea } from './areas/login-page/area.ts';
import { networkArea } from './areas/network/area.ts';
import { offeringArea } from './areas/offering/area.ts';
import { projectArea } from './areas/project/area.ts';
import { roleArea } from './areas/role/area.ts';
import { securityGroupArea } from './areas/security-group/area.ts';
import { routerArea } from './areas/router/area.ts';
import { sshKeyPairArea } from './areas/ssh-key-pair/area.ts';
import { storagePoolArea } from './areas/storage-pool/area.ts';
import { storeTransferArea } from './areas/store-transfer/area.ts';
import { systemVmArea } from './areas/system-vm/area.ts';
import { templateArea } from './areas/template/area.ts';
import { vmArea } from './areas/vm/area.ts';
import { volumeArea } from './areas/volume/area.ts';
import { zoneArea } from './areas/zone/area.ts';
import type { Area } from './kernel/area.ts';
import type { HttpServices } from './kernel/http/http-services.ts';
import { HttpModule } from './kernel/http/http.module.ts';

export const areas: readonly Area[] = [
  accountArea,
  roleArea,
  projectArea,
  loginPageArea,
  zoneArea,
  networkArea,
  ipAddressArea,
  firewallArea,
  offeringArea,
  guestOsArea,
  capacityArea,
  configurationArea,
  eventArea,
  jobArea,
  hostArea,
  doctorArea,
  inventoryArea,
  storagePoolArea,
  imageStoreArea,
  storeTransferArea,
  systemVmArea,
  certificateArea,
  consoleArea,
  templateArea,
  routerArea,
  sshKeyPairArea,
  securityGroupArea,
  vmArea,
  volumeArea,
];

@Module({})
export class AppModule {
  static with(services: HttpServices): DynamicModule {
    return { module: AppModule, imports: [HttpModule.with(services), ScheduleModule.forRoot()], controllers: [ConsoleController] };
  }
}
