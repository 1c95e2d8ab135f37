// All migrations in order. Forward-only: a merged one is never edited.
import type { MigrationInterface } from 'typeorm';
import { CreateJobEventAndSettingTables1763600050000 } from './1763600050000-create-job-event-and-setting-tables.ts';
import { StartSettingVersion1763600051000 } from './1763600051000-start-setting-version.ts';
import { CreateAccountTables1763600100000 } from './1763600100000-create-account-tables.ts';
import { CreateZoneTables1763600200000 } from './1763600200000-create-zone-tables.ts';
import { CreateNetworkTables1763600210000 } from './1763600210000-create-network-tables.ts';
import { CreateOfferingTables1763600220000 } from './1763600220000-create-offering-tables.ts';
import { CreateGuestOsTables1763600230000 } from './1763600230000-create-guest-os-tables.ts';
import { AddDefaultNetworkOfferings1763600240000 } from './1763600240000-add-default-network-offerings.ts';
import { AddDefaultOfferings1763600250000 } from './1763600250000-add-default-offerings.ts';
import { AddGuestOsTypes1763600260000 } from './1763600260000-add-guest-os-types.ts';
import { CreateHostAndStorageTables1763600300000 } from './1763600300000-create-host-and-storage-tables.ts';
import { CreateVirtualMachineTables1763600400000 } from './1763600400000-create-virtual-machine-tables.ts';
import { CreateHostLoginTables1763600500000 } from './1763600500000-create-host-login-tables.ts';
import { TellHostsApartByKey1763600501000 } from './1763600501000-tell-hosts-apart-by-key.ts';
import { CreateTemplatePermissionTable1763600600000 } from './1763600600000-create-template-permission-table.ts';
import { CreateSystemVmTables1763700200000 } from './1763700200000-create-system-vm-tables.ts';
import { ShrinkSystemOfferings1763700201000 } from './1763700201000-shrink-system-offerings.ts';
import { TellWhereSystemVmsMove1763700202000 } from './1763700202000-tell-where-system-vms-move.ts';
import { CreateStoreTransferTables1763700400000 } from './1763700400000-create-store-transfer-tables.ts';
import { TellWhereTemplatesComeFrom1763700401000 } from './1763700401000-tell-where-templates-come-from.ts';
import { TellWhenTemplateCopiesFellIdle1763700402000 } from './1763700402000-tell-when-template-copies-fell-idle.ts';
import { KeepVolumesInImageStores1763700403000 } from './1763700403000-keep-volumes-in-image-stores.ts';
import { PutIsosIntoMachines1763700404000 } from './1763700404000-put-isos-into-machines.ts';
import { TellWhereLinksLead1763700405000 } from './1763700405000-tell-where-links-lead.ts';
import { TellVersionsOfUserDataApart1763700500000 } from './1763700500000-tell-versions-of-user-data-apart.ts';
import { CreateVmPasswordTable1763700501000 } from './1763700501000-create-vm-password-table.ts';
import { CreateSecurityGroupTables1763700600000 } from './1763700600000-create-security-group-tables.ts';
import { GiveAccountsDefaultGroups1763700601000 } from './1763700601000-give-accounts-default-groups.ts';
import { PutMachinesIntoDefaultGroups1763700602000 } from './1763700602000-put-machines-into-default-groups.ts';
import { CreateConsoleTables1763700700000 } from './1763700700000-create-console-tables.ts';
import { CreateSshKeyPairTables1763700800000 } from './1763700800000-create-ssh-key-pair-tables.ts';
import { AddMoveOfMachines1763700801000 } from './1763700801000-add-move-of-machines.ts';
import { AddMaintenanceOfHosts1763700802000 } from './1763700802000-add-maintenance-of-hosts.ts';

export const migrations: readonly (new () => MigrationInterface)[] = [
  CreateJobEventAndSettingTables1763600050000,
  StartSettingVersion1763600051000,
  CreateAccountTables1763600100000,
  CreateZoneTables1763600200000,
  CreateNetworkTables1763600210000,
  CreateOfferingTables1763600220000,
  CreateGuestOsTables1763600230000,
  AddDefaultNetworkOfferings1763600240000,
  AddDefaultOfferings1763600250000,
  AddGuestOsTypes1763600260000,
  CreateHostAndStorageTables1763600300000,
  CreateVirtualMachineTables1763600400000,
  CreateHostLoginTables1763600500000,
  TellHostsApartByKey1763600501000,
  CreateTemplatePermissionTable1763600600000,
  CreateSystemVmTables1763700200000,
  ShrinkSystemOfferings1763700201000,
  TellWhereSystemVmsMove1763700202000,
  CreateStoreTransferTables1763700400000,
  TellWhereTemplatesComeFrom1763700401000,
  TellWhenTemplateCopiesFellIdle1763700402000,
  KeepVolumesInImageStores1763700403000,
  PutIsosIntoMachines1763700404000,
  TellWhereLinksLead1763700405000,
  TellVersionsOfUserDataApart1763700500000,
  CreateVmPasswordTable1763700501000,
  CreateSecurityGroupTables1763700600000,
  GiveAccountsDefaultGroups1763700601000,
  PutMachinesIntoDefaultGroups1763700602000,
  CreateConsoleTables1763700700000,
  CreateSshKeyPairTables1763700800000,
  AddMoveOfMachines1763700801000,
  AddMaintenanceOfHosts1763700802000,
];
