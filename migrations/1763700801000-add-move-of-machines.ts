// To which host a machine moves.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddMoveOfMachines1763700801000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE virtual_machine
        ADD COLUMN IF NOT EXISTS target_host_id int UNSIGNED NULL AFTER last_host_id`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
