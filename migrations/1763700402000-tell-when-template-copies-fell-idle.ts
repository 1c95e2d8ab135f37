// Since when a copy in primary storage is of no use.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TellWhenTemplateCopiesFellIdle1763700402000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE template_copy
        ADD COLUMN IF NOT EXISTS unused_since datetime(3) NULL`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
