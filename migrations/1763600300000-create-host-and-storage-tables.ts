// Hosts, primary and secondary storage, templates.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateHostAndStorageTables1763600300000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS host (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        zone_id int UNSIGNED NOT NULL,
        pod_id int UNSIGNED NOT NULL,
        cluster_id int UNSIGNED NOT NULL,
        hypervisor varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        version int UNSIGNED NOT NULL DEFAULT 0,
        resource_state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        state_reason varchar(1024) NOT NULL DEFAULT '',
        address varchar(255) NOT NULL,
        port int NOT NULL,
        username varchar(255) NOT NULL,
        host_key_sha256 varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
        virtualisation varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'hardware',
        arch varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
        os_name varchar(255) NOT NULL DEFAULT '',
        cpu_model varchar(255) NOT NULL DEFAULT '',
        cpu_sockets int NOT NULL DEFAULT 0,
        libvirt_version varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
        qemu_version varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
        guest_bridge varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        tags varchar(255) NOT NULL DEFAULT '',
        created datetime(3) NOT NULL,
        disconnected_at datetime(3) NULL,
        checks longtext NOT NULL,
        ready tinyint NOT NULL DEFAULT 0,
        INDEX host_zone (zone_id, state),
        INDEX host_cluster (cluster_id),
        UNIQUE INDEX host_address (address, port),
        UNIQUE INDEX host_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS host_capacity (
        host_id int UNSIGNED NOT NULL,
        cpu_cores int NOT NULL,
        cpu_mhz int NOT NULL,
        memory_mib int NOT NULL,
        reserved_cpu_mhz int NOT NULL DEFAULT 0,
        reserved_memory_mib int NOT NULL DEFAULT 0,
        PRIMARY KEY (host_id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS storage_pool (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        zone_id int UNSIGNED NOT NULL,
        pod_id int UNSIGNED NULL,
        cluster_id int UNSIGNED NULL,
        scope varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        hypervisor varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        server varchar(253) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
        path varchar(500) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        version int UNSIGNED NOT NULL DEFAULT 0,
        tags varchar(255) NOT NULL DEFAULT '',
        total_bytes bigint NOT NULL DEFAULT 0,
        used_bytes bigint NOT NULL DEFAULT 0,
        reserved_bytes bigint NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        INDEX storage_pool_zone (zone_id),
        INDEX storage_pool_cluster (cluster_id),
        UNIQUE INDEX storage_pool_export (server, path),
        UNIQUE INDEX storage_pool_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS image_store (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        zone_id int UNSIGNED NOT NULL,
        provider varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        server varchar(253) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
        path varchar(500) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        read_only tinyint NOT NULL DEFAULT 0,
        ready tinyint NOT NULL DEFAULT 0,
        total_bytes bigint NOT NULL DEFAULT 0,
        used_bytes bigint NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        INDEX image_store_zone (zone_id),
        UNIQUE INDEX image_store_export (server, path),
        UNIQUE INDEX image_store_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS template (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        display_text varchar(4096) NOT NULL,
        account_id int UNSIGNED NOT NULL,
        domain_id int UNSIGNED NOT NULL,
        os_type_id int UNSIGNED NOT NULL,
        hypervisor varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        format varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        arch varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'x86_64',
        is_public tinyint NOT NULL DEFAULT 0,
        is_featured tinyint NOT NULL DEFAULT 0,
        is_extractable tinyint NOT NULL DEFAULT 0,
        password_enabled tinyint NOT NULL DEFAULT 0,
        virtual_size_bytes bigint NOT NULL,
        physical_size_bytes bigint NOT NULL,
        sha256 varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        created datetime(3) NOT NULL,
        INDEX template_account (account_id),
        UNIQUE INDEX template_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS template_copy (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        template_id int UNSIGNED NOT NULL,
        store_kind varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        store_id int UNSIGNED NOT NULL,
        zone_id int UNSIGNED NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        version int UNSIGNED NOT NULL DEFAULT 0,
        path varchar(255) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        percent int NOT NULL DEFAULT 0,
        error varchar(1024) NOT NULL DEFAULT '',
        INDEX template_copy_store (store_kind, store_id),
        UNIQUE INDEX template_copy_place (template_id, store_kind, store_id),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
