// Domains, accounts, users, and what logging in needs.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateAccountTables1763600100000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS domain (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(100) NOT NULL,
        parent_id int UNSIGNED NULL,
        path varchar(700) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
        level int NOT NULL,
        network_domain varchar(255) NULL,
        created datetime(3) NOT NULL,
        UNIQUE INDEX domain_uuid (uuid),
        UNIQUE INDEX domain_name (parent_id, name),
        UNIQUE INDEX domain_path (path),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS account (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(100) NOT NULL,
        domain_id int UNSIGNED NOT NULL,
        role varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        version int UNSIGNED NOT NULL DEFAULT 0,
        network_domain varchar(255) NULL,
        is_default tinyint NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        UNIQUE INDEX account_uuid (uuid),
        UNIQUE INDEX account_name (domain_id, name),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS user (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        username varchar(100) NOT NULL,
        account_id int UNSIGNED NOT NULL,
        domain_id int UNSIGNED NOT NULL,
        password_hash varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        has_initial_password tinyint NOT NULL DEFAULT 0,
        firstname varchar(255) NOT NULL DEFAULT '',
        lastname varchar(255) NOT NULL DEFAULT '',
        email varchar(255) NOT NULL DEFAULT '',
        timezone varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        version int UNSIGNED NOT NULL DEFAULT 0,
        api_key char(86) CHARACTER SET ascii COLLATE ascii_bin NULL,
        sealed_secret_key varchar(512) CHARACTER SET ascii COLLATE ascii_bin NULL,
        is_default tinyint NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        UNIQUE INDEX user_uuid (uuid),
        UNIQUE INDEX user_username (domain_id, username),
        UNIQUE INDEX user_api_key (api_key),
        INDEX user_account (account_id),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS login_failure (
        user_id int UNSIGNED NOT NULL,
        failures int NOT NULL,
        last_at datetime(3) NOT NULL,
        PRIMARY KEY (user_id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS session (
        id_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        key_hash char(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        user_id int UNSIGNED NOT NULL,
        created_at datetime(3) NOT NULL,
        last_used_at datetime(3) NOT NULL,
        INDEX session_user (user_id),
        INDEX session_last_used (last_used_at),
        PRIMARY KEY (id_hash)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
