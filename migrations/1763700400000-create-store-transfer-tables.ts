// What secondary-storage machines bring into image stores, and the links under which they hand files out.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateStoreTransferTables1763700400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS store_transfer (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        kind varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        subject_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        subject_id int UNSIGNED NOT NULL,
        store_id int UNSIGNED NOT NULL,
        zone_id int UNSIGNED NOT NULL,
        format varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        path varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        url varchar(2048) NOT NULL DEFAULT '',
        checksum varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
        system_vm_id int UNSIGNED NULL,
        bytes_done bigint NOT NULL DEFAULT 0,
        bytes_total bigint NULL,
        bytes_per_second bigint NOT NULL DEFAULT 0,
        waiting varchar(1024) NOT NULL DEFAULT '',
        expires_at datetime(3) NULL,
        created datetime(3) NOT NULL,
        INDEX store_transfer_zone (zone_id),
        INDEX store_transfer_store (store_id),
        UNIQUE INDEX store_transfer_subject (subject_type, subject_id),
        UNIQUE INDEX store_transfer_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS store_link (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        subject_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        subject_id int UNSIGNED NOT NULL,
        account_id int UNSIGNED NOT NULL,
        store_id int UNSIGNED NOT NULL,
        zone_id int UNSIGNED NOT NULL,
        path varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        ownership varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        token varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        ip int UNSIGNED NULL,
        expires_at datetime(3) NOT NULL,
        created datetime(3) NOT NULL,
        INDEX store_link_store (store_id),
        INDEX store_link_subject (subject_type, subject_id),
        UNIQUE INDEX store_link_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
