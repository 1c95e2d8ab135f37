// Zones, pods and clusters.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateZoneTables1763600200000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS zone (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        network_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        dns1 varchar(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        dns2 varchar(45) CHARACTER SET ascii COLLATE ascii_bin NULL,
        internal_dns1 varchar(45) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        internal_dns2 varchar(45) CHARACTER SET ascii COLLATE ascii_bin NULL,
        network_domain varchar(255) NULL,
        guest_cidr varchar(18) CHARACTER SET ascii COLLATE ascii_bin NULL,
        allocation_state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        security_groups_enabled tinyint NOT NULL DEFAULT 0,
        local_storage_enabled tinyint NOT NULL DEFAULT 0,
        domain_id int unsigned NULL,
        sort_key int NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY zone_name (name),
        UNIQUE KEY zone_uuid (uuid)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS pod (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        zone_id int unsigned NOT NULL,
        name varchar(255) NOT NULL,
        gateway varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        netmask varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        start_ip varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        end_ip varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        allocation_state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY pod_zone_name (zone_id,name),
        UNIQUE KEY pod_uuid (uuid)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS cluster (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        zone_id int unsigned NOT NULL,
        pod_id int unsigned NOT NULL,
        name varchar(255) NOT NULL,
        hypervisor varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        cluster_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        managed_state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        allocation_state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        arch varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY cluster_pod_name (pod_id,name),
        UNIQUE KEY cluster_uuid (uuid),
        KEY cluster_zone (zone_id)
      ) ENGINE=InnoDB
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
