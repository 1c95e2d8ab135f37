// Volumes that were uploaded and are in no pool yet.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class KeepVolumesInImageStores1763700403000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE volume
        ADD COLUMN IF NOT EXISTS image_store_id int UNSIGNED NULL,
        ADD COLUMN IF NOT EXISTS error varchar(1024) NOT NULL DEFAULT '',
        ADD INDEX IF NOT EXISTS volume_image_store (image_store_id)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
