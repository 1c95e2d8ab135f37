// System machines and their network cards.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateSystemVmTables1763700200000 implements MigrationInterface {
  async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS system_vm (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        kind varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        zone_id int UNSIGNED NOT NULL,
        pod_id int UNSIGNED NOT NULL,
        host_id int UNSIGNED NULL,
        last_host_id int UNSIGNED NULL,
        pool_id int UNSIGNED NULL,
        root_bytes bigint NOT NULL DEFAULT 0,
        template_id int UNSIGNED NOT NULL,
        service_offering_id int UNSIGNED NOT NULL,
        cpu_count int NOT NULL,
        cpu_mhz int NOT NULL,
        memory_mib int NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        version int UNSIGNED NOT NULL DEFAULT 0,
        state_changed_at datetime(3) NOT NULL,
        is_stopped_on_request tinyint NOT NULL DEFAULT 0,
        agent_state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT 'Disconnected',
        agent_changed_at datetime(3) NOT NULL,
        template_version varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL DEFAULT '',
        host_key_sha256 varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        created datetime(3) NOT NULL,
        UNIQUE INDEX system_vm_uuid (uuid),
        INDEX system_vm_zone (zone_id, kind),
        INDEX system_vm_host (host_id),
        INDEX system_vm_pool (pool_id),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
    await queryRunner.query(`
      CREATE TABLE IF NOT EXISTS system_nic (
        id int UNSIGNED NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        system_vm_id int UNSIGNED NOT NULL,
        device_id int NOT NULL,
        purpose varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        mac varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        space varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        ip int UNSIGNED NOT NULL,
        prefix_length int NOT NULL,
        gateway int UNSIGNED NULL,
        network_id int UNSIGNED NULL,
        UNIQUE INDEX system_nic_uuid (uuid),
        UNIQUE INDEX system_nic_mac (mac),
        UNIQUE INDEX system_nic_address (space, ip),
        INDEX system_nic_vm (system_vm_id),
        PRIMARY KEY (id)
      ) ENGINE=InnoDB`);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
