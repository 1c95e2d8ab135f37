// The counter of setting changes starts at 1.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class StartSettingVersion1763600051000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('INSERT IGNORE INTO setting_version (id, version) VALUES (1, 1)');
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
