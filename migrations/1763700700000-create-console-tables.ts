// Consoles that may be opened or are open, and the certificates with which they are served.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateConsoleTables1763700700000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS console_session (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        token_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        machine_kind varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        machine_id int UNSIGNED NOT NULL,
        machine_since datetime(3) NOT NULL,
        user_id int UNSIGNED NOT NULL,
        session_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        proxy_id int UNSIGNED NOT NULL,
        created datetime(3) NOT NULL,
        expires_at datetime(3) NOT NULL,
        opened_at datetime(3) NULL,
        server_id int UNSIGNED NULL,
        UNIQUE INDEX console_session_token (token_hash),
        INDEX console_session_machine (machine_kind, machine_id),
        INDEX console_session_expires (expires_at),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS certificate (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        position int NULL,
        domain_suffix varchar(255) NOT NULL,
        certificate longtext NOT NULL,
        sealed_private_key longtext NULL,
        created datetime(3) NOT NULL,
        UNIQUE INDEX certificate_uuid (uuid),
        UNIQUE INDEX certificate_name (name),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS own_authority (
        id int UNSIGNED NOT NULL,
        name varchar(255) NOT NULL,
        certificate longtext NOT NULL,
        sealed_private_key longtext NOT NULL,
        sealed_server_key longtext NOT NULL,
        servers_from datetime(3) NOT NULL,
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
