// User data gets a revision, by which a router knows whether it has the newest.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TellVersionsOfUserDataApart1763700500000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE vm_user_data
        ADD COLUMN IF NOT EXISTS revision varchar(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '0'`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
