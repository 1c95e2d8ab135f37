// One row per SSH host key: the same machine cannot be added under two names.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class TellHostsApartByKey1763600501000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      ALTER TABLE host
        MODIFY host_key_sha256 varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL DEFAULT NULL,
        ADD UNIQUE INDEX IF NOT EXISTS host_key (host_key_sha256)`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
