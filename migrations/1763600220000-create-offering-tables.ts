// Service, disk and network offerings.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateOfferingTables1763600220000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS service_offering (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        display_text varchar(255) NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        cpu_number int NULL,
        cpu_speed_mhz int NULL,
        memory_mib int NULL,
        min_cpu_number int NULL,
        max_cpu_number int NULL,
        min_memory_mib int NULL,
        max_memory_mib int NULL,
        storage_tags varchar(255) NOT NULL,
        host_tags varchar(255) NOT NULL,
        storage_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        provisioning_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        root_disk_size_bytes bigint NULL,
        offer_ha tinyint NOT NULL DEFAULT 0,
        limit_cpu_use tinyint NOT NULL DEFAULT 0,
        is_volatile tinyint NOT NULL DEFAULT 0,
        dynamic_scaling tinyint NOT NULL DEFAULT 0,
        network_rate_mbit int NULL,
        is_system tinyint NOT NULL DEFAULT 0,
        system_vm_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        is_default tinyint NOT NULL DEFAULT 0,
        domain_id int unsigned NULL,
        zone_id int unsigned NULL,
        sort_key int NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY service_offering_uuid (uuid),
        KEY service_offering_name (name)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS disk_offering (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        display_text varchar(4096) NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        disk_size_bytes bigint NOT NULL,
        customized tinyint NOT NULL DEFAULT 0,
        tags varchar(255) NOT NULL,
        storage_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        provisioning_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        display_offering tinyint NOT NULL DEFAULT 1,
        domain_id int unsigned NULL,
        zone_id int unsigned NULL,
        sort_key int NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY disk_offering_uuid (uuid),
        KEY disk_offering_name (name)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS network_offering (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        display_text varchar(255) NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        traffic_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        guest_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        availability varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        services longtext NOT NULL,
        is_default tinyint NOT NULL DEFAULT 0,
        is_system tinyint NOT NULL DEFAULT 0,
        specify_vlan tinyint NOT NULL DEFAULT 0,
        specify_ip_ranges tinyint NOT NULL DEFAULT 0,
        conserve_mode tinyint NOT NULL DEFAULT 0,
        is_persistent tinyint NOT NULL DEFAULT 0,
        for_vpc tinyint NOT NULL DEFAULT 0,
        egress_default_allow tinyint NOT NULL DEFAULT 1,
        network_rate_mbit int NULL,
        max_connections int NULL,
        service_offering_id int unsigned NULL,
        tags varchar(4096) NOT NULL,
        domain_id int unsigned NULL,
        zone_id int unsigned NULL,
        sort_key int NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY network_offering_uuid (uuid),
        KEY network_offering_name (name)
      ) ENGINE=InnoDB
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
