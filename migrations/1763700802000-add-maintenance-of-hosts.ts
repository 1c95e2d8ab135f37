// When the resource state of a host changed, and why it could not be emptied.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddMaintenanceOfHosts1763700802000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE host
        ADD COLUMN IF NOT EXISTS resource_changed_at datetime(3) NULL AFTER resource_state,
        ADD COLUMN IF NOT EXISTS resource_reason varchar(1024) NOT NULL DEFAULT '' AFTER resource_changed_at`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
