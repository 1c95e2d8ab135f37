// ISOs beside templates, and where either comes from.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TellWhereTemplatesComeFrom1763700401000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE template
        ADD COLUMN IF NOT EXISTS kind varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'TEMPLATE',
        ADD COLUMN IF NOT EXISTS bootable tinyint NOT NULL DEFAULT 1,
        ADD COLUMN IF NOT EXISTS url varchar(2048) NOT NULL DEFAULT '',
        ADD COLUMN IF NOT EXISTS checksum varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT ''`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
