// The host that a system machine moves to.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TellWhereSystemVmsMove1763700202000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('ALTER TABLE system_vm ADD COLUMN IF NOT EXISTS target_host_id int UNSIGNED NULL AFTER last_host_id');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
