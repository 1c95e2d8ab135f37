// Virtual machines, their network cards and volumes.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateVirtualMachineTables1763600400000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS volume (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(255) NOT NULL,
        account_id int UNSIGNED NOT NULL,
        domain_id int UNSIGNED NOT NULL,
        zone_id int UNSIGNED NOT NULL,
        pool_id int UNSIGNED NULL,
        vm_id int UNSIGNED NULL,
        device_id int NULL,
        type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        version int UNSIGNED NOT NULL DEFAULT 0,
        size_bytes bigint NOT NULL,
        disk_offering_id int UNSIGNED NULL,
        template_id int UNSIGNED NULL,
        created datetime(3) NOT NULL,
        INDEX volume_account (account_id),
        INDEX volume_pool (pool_id),
        INDEX volume_vm (vm_id),
        UNIQUE INDEX volume_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS virtual_machine (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        name varchar(63) CHARACTER SET ascii COLLATE ascii_general_ci NOT NULL,
        display_name varchar(255) NOT NULL,
        group_name varchar(255) NOT NULL DEFAULT '',
        account_id int UNSIGNED NOT NULL,
        domain_id int UNSIGNED NOT NULL,
        user_id int UNSIGNED NOT NULL,
        zone_id int UNSIGNED NOT NULL,
        host_id int UNSIGNED NULL,
        last_host_id int UNSIGNED NULL,
        template_id int UNSIGNED NOT NULL,
        service_offering_id int UNSIGNED NOT NULL,
        os_type_id int UNSIGNED NOT NULL,
        hypervisor varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        cpu_count int NOT NULL,
        cpu_mhz int NOT NULL,
        memory_mib int NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        version int UNSIGNED NOT NULL DEFAULT 0,
        state_changed_at datetime(3) NOT NULL,
        ha_enabled tinyint NOT NULL DEFAULT 0,
        display_vm tinyint NOT NULL DEFAULT 1,
        created datetime(3) NOT NULL,
        INDEX virtual_machine_state (state, state_changed_at),
        INDEX virtual_machine_offering (service_offering_id),
        INDEX virtual_machine_template (template_id),
        INDEX virtual_machine_zone (zone_id),
        INDEX virtual_machine_host (host_id),
        INDEX virtual_machine_domain (domain_id),
        UNIQUE INDEX virtual_machine_name (account_id, zone_id, name),
        UNIQUE INDEX virtual_machine_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS vm_user_data (
        vm_id int UNSIGNED NOT NULL,
        user_data longtext NOT NULL,
        PRIMARY KEY (vm_id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS nic (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        vm_id int UNSIGNED NOT NULL,
        network_id int UNSIGNED NOT NULL,
        device_id int NOT NULL,
        mac varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        ip int UNSIGNED NULL,
        range_id int UNSIGNED NULL,
        INDEX nic_vm (vm_id),
        UNIQUE INDEX nic_address (network_id, ip),
        UNIQUE INDEX nic_mac (mac),
        UNIQUE INDEX nic_uuid (uuid),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
