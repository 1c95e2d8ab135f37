// Security groups, their rules, and which machines are in them.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSecurityGroupTables1763700600000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS security_group (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        description varchar(255) NOT NULL DEFAULT '',
        account_id int UNSIGNED NOT NULL,
        domain_id int UNSIGNED NOT NULL,
        is_default tinyint NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        UNIQUE INDEX security_group_uuid (uuid),
        UNIQUE INDEX security_group_name (account_id, name),
        INDEX security_group_domain (domain_id),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS security_group_rule (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        group_id int UNSIGNED NOT NULL,
        call_uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        direction varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        protocol varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        start_port int NULL,
        end_port int NULL,
        icmp_type int NULL,
        icmp_code int NULL,
        cidr varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        peer_group_id int UNSIGNED NULL,
        UNIQUE INDEX security_group_rule_uuid (uuid),
        INDEX security_group_rule_group (group_id),
        INDEX security_group_rule_peer (peer_group_id),
        INDEX security_group_rule_call (call_uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS vm_security_group (
        vm_id int UNSIGNED NOT NULL,
        group_id int UNSIGNED NOT NULL,
        INDEX vm_security_group_group (group_id),
        PRIMARY KEY (vm_id, group_id)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
