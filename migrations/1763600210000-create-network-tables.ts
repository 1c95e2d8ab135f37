// Physical networks, what they carry and who serves them, networks, address ranges and addresses.
import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateNetworkTables1763600210000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE IF NOT EXISTS physical_network (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        zone_id int unsigned NOT NULL,
        name varchar(255) NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        version int unsigned NOT NULL DEFAULT 0,
        vlan varchar(255) NULL,
        isolation_methods varchar(255) NOT NULL,
        network_speed varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        tags varchar(255) NOT NULL,
        broadcast_domain_range varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        domain_id int unsigned NULL,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY physical_network_zone_name (zone_id,name),
        UNIQUE KEY physical_network_uuid (uuid)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS traffic_type (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        physical_network_id int unsigned NOT NULL,
        kind varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        kvm_label varchar(255) NULL,
        xen_label varchar(255) NULL,
        vmware_label varchar(255) NULL,
        hyperv_label varchar(255) NULL,
        ovm3_label varchar(255) NULL,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY traffic_type_network_kind (physical_network_id,kind),
        UNIQUE KEY traffic_type_uuid (uuid)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS network_service_provider (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        physical_network_id int unsigned NOT NULL,
        name varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        version int unsigned NOT NULL DEFAULT 0,
        services varchar(255) NOT NULL,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY network_service_provider_name (physical_network_id,name),
        UNIQUE KEY network_service_provider_uuid (uuid)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS virtual_router_element (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        provider_id int unsigned NOT NULL,
        type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        enabled tinyint NOT NULL DEFAULT 0,
        PRIMARY KEY (id),
        UNIQUE KEY virtual_router_element_provider (provider_id,type),
        UNIQUE KEY virtual_router_element_uuid (uuid)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS network (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        zone_id int unsigned NOT NULL,
        physical_network_id int unsigned NULL,
        network_offering_id int unsigned NOT NULL,
        name varchar(255) NOT NULL,
        display_text varchar(255) NOT NULL,
        traffic_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        guest_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NULL,
        state varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        version int unsigned NOT NULL DEFAULT 0,
        vlan varchar(16) CHARACTER SET ascii COLLATE ascii_bin NULL,
        gateway varchar(15) CHARACTER SET ascii COLLATE ascii_bin NULL,
        cidr varchar(18) CHARACTER SET ascii COLLATE ascii_bin NULL,
        network_domain varchar(255) NULL,
        dns1 varchar(45) CHARACTER SET ascii COLLATE ascii_bin NULL,
        dns2 varchar(45) CHARACTER SET ascii COLLATE ascii_bin NULL,
        acl_type varchar(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        subdomain_access tinyint NOT NULL DEFAULT 0,
        domain_id int unsigned NULL,
        account_id int unsigned NULL,
        is_system tinyint NOT NULL DEFAULT 0,
        restart_required tinyint NOT NULL DEFAULT 0,
        display_network tinyint NOT NULL DEFAULT 1,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY network_uuid (uuid),
        KEY network_domain (domain_id),
        KEY network_account (account_id),
        KEY network_offering_id (network_offering_id),
        KEY network_physical (physical_network_id),
        KEY network_zone_traffic (zone_id,traffic_type)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS vlan_ip_range (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        zone_id int unsigned NOT NULL,
        pod_id int unsigned NULL,
        network_id int unsigned NOT NULL,
        physical_network_id int unsigned NULL,
        vlan varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        gateway varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        netmask varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        start_ip varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        end_ip varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        for_virtual_network tinyint NOT NULL DEFAULT 0,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY vlan_ip_range_uuid (uuid),
        KEY vlan_ip_range_network (network_id),
        KEY vlan_ip_range_pod (pod_id),
        KEY vlan_ip_range_zone (zone_id)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS guest_address (
        id int unsigned NOT NULL AUTO_INCREMENT,
        range_id int unsigned NOT NULL,
        network_id int unsigned NOT NULL,
        pod_id int unsigned NULL,
        zone_id int unsigned NOT NULL,
        ip int unsigned NOT NULL,
        state varchar(16) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        nic_id int unsigned NULL,
        PRIMARY KEY (id),
        UNIQUE KEY guest_address_network_ip (network_id,ip),
        KEY guest_address_nic (nic_id),
        KEY guest_address_range (range_id,state),
        KEY guest_address_free (network_id,pod_id,state,id)
      ) ENGINE=InnoDB
    `);
    await runner.query(`
      CREATE TABLE IF NOT EXISTS storage_ip_range (
        id int unsigned NOT NULL AUTO_INCREMENT,
        uuid char(36) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        zone_id int unsigned NOT NULL,
        pod_id int unsigned NOT NULL,
        network_id int unsigned NOT NULL,
        vlan int NULL,
        gateway varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        netmask varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        start_ip varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        end_ip varchar(15) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
        created datetime(3) NOT NULL,
        PRIMARY KEY (id),
        UNIQUE KEY storage_ip_range_uuid (uuid),
        KEY storage_ip_range_pod (pod_id),
        KEY storage_ip_range_zone (zone_id)
      ) ENGINE=InnoDB
    `);
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only');
  }
}
