// OS families and types.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateGuestOsTables1763600230000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS guest_os_category (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        is_featured tinyint NOT NULL DEFAULT 0,
        sort_key int NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY guest_os_category_name (name),
        UNIQUE KEY guest_os_category_uuid (uuid)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS guest_os_type (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        category_id int unsigned NOT NULL,
        for_display tinyint NOT NULL DEFAULT 1,
        PRIMARY KEY (id),
        UNIQUE KEY guest_os_type_name (name),
        UNIQUE KEY guest_os_type_uuid (uuid),
        KEY guest_os_type_category (category_id)
      ) ENGINE=InnoDB
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
