// All migrations in order. Forward-only: a merged one is never edited.
import type { MigrationInterface } from 'typeorm';

export const migrations: readonly (new () => MigrationInterface)[] = [];
