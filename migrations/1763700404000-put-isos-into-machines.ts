// The ISO in the CD drive of a machine.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class PutIsosIntoMachines1763700404000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE virtual_machine
        ADD COLUMN IF NOT EXISTS iso_id int UNSIGNED NULL,
        ADD INDEX IF NOT EXISTS virtual_machine_iso (iso_id)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
