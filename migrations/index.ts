// All migrations in order. Forward-only: a merged one is never edited.
import type { MigrationInterface } from 'typeorm';
import { CreateHostAndStorageTables1763600300000 } from './1763600300000-create-host-and-storage-tables.ts';
import { CreateVirtualMachineTables1763600400000 } from './1763600400000-create-virtual-machine-tables.ts';

export const migrations: readonly (new () => MigrationInterface)[] = [CreateHostAndStorageTables1763600300000, CreateVirtualMachineTables1763600400000];
