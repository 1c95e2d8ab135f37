// The service and disk offerings that come with the product.
import type { MigrationInterface, QueryRunner } from 'typeorm';

/** uuid, name, description, CPUs, MHz, MiB, kind of system machines or null for users. */
const serviceOfferings: readonly (readonly [string, string, string, number, number, number, string | null])[] = [
  ['1aed0dae-ab37-49d1-839b-17c974e371f3', 'Small Instance', '1 CPU of 500 MHz, 512 MiB', 1, 500, 512, null],
  ['6575004c-0f94-4add-8da1-a7c4a7ed35b5', 'Medium Instance', '1 CPU of 1 GHz, 1 GiB', 1, 1000, 1024, null],
  ['29dba2ce-3095-4344-84e5-f3e1ee03df42', 'System Offering For Software Router', 'Size of virtual routers', 1, 500, 256, 'domainrouter'],
  ['4896bf1b-64cc-4267-8efa-d1a68467f6cd', 'System Offering For Console Proxy', 'Size of console proxies', 1, 500, 1024, 'consoleproxy'],
  [
    '45d2aabb-5f22-45bb-8d63-8229d8ddd6a3',
    'System Offering For Secondary Storage VM',
    'Size of secondary storage machines',
    1,
    500,
    512,
    'secondarystoragevm',
  ],
];

/** uuid, name, description, GiB or 0 where the user chooses. */
const diskOfferings: readonly (readonly [string, string, string, number])[] = [
  ['c62b1a3c-132c-42d9-8d69-b32b80a86aec', 'Small', '5 GiB', 5],
  ['77d80107-9bfc-4ee3-8c31-c05dcbf5efd6', 'Medium', '20 GiB', 20],
  ['22c2d2f8-1a57-49c0-81de-8d54f83b08b7', 'Large', '100 GiB', 100],
  ['818f0b18-79ff-4011-87d5-41750defae3b', 'Custom', 'Size chosen by the user', 0],
];

export class AddDefaultOfferings1763600250000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const [uuid, name, text, cpus, mhz, mib, system] of serviceOfferings) {
      await runner.query(
        `INSERT INTO service_offering (uuid, name, display_text, state, cpu_number, cpu_speed_mhz, memory_mib, storage_tags, host_tags, storage_type, provisioning_type,
           dynamic_scaling, is_system, system_vm_type, is_default, created)
         SELECT ?, ?, ?, 'Active', ?, ?, ?, '', '', 'shared', 'thin', 1, ?, ?, 1, UTC_TIMESTAMP(3) FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM service_offering WHERE uuid = ?)`,
        [uuid, name, text, cpus, mhz, mib, system !== null, system, uuid],
      );
    }
    for (const [uuid, name, text, gib] of diskOfferings) {
      await runner.query(
        `INSERT INTO disk_offering (uuid, name, display_text, state, disk_size_bytes, customized, tags, storage_type, provisioning_type, created)
         SELECT ?, ?, ?, 'Active', ?, ?, '', 'shared', 'thin', UTC_TIMESTAMP(3) FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM disk_offering WHERE uuid = ?)`,
        [uuid, name, text, gib * 1024 ** 3, gib === 0, uuid],
      );
    }
  }

  async down(): Promise<void> {
    throw new Error('migrations go forward only: restore a backup instead');
  }
}
