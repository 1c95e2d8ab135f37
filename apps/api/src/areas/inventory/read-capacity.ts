// What is noted as promised of hosts and pools, beside what machines, volumes and template copies hold.
import type { Difference, PromisedFigure } from '@strata/domain';
import type { EntityManager } from 'typeorm';

interface HostSums {
  readonly name: string;
  readonly notedMhz: number | null;
  readonly notedMib: number | null;
  readonly mhz: number;
  readonly mib: number;
}

interface PoolSums {
  readonly name: string;
  readonly noted: number;
  readonly volumes: number;
  readonly copies: number;
}

export async function readPromises(read: EntityManager): Promise<PromisedFigure[]> {
  const hosts = await read.query<HostSums[]>(
    `SELECT h.name, c.reserved_cpu_mhz AS notedMhz, c.reserved_memory_mib AS notedMib, COALESCE(v.mhz, 0) AS mhz, COALESCE(v.mib, 0) AS mib
     FROM host h LEFT JOIN host_capacity c ON c.host_id = h.id
       LEFT JOIN (SELECT host_id, SUM(cpu_count * cpu_mhz) AS mhz, SUM(memory_mib) AS mib FROM
         (SELECT host_id, cpu_count, cpu_mhz, memory_mib FROM virtual_machine WHERE host_id IS NOT NULL
          UNION ALL SELECT target_host_id, cpu_count, cpu_mhz, memory_mib FROM virtual_machine WHERE target_host_id IS NOT NULL
          UNION ALL SELECT host_id, cpu_count, cpu_mhz, memory_mib FROM system_vm WHERE host_id IS NOT NULL
          UNION ALL SELECT target_host_id, cpu_count, cpu_mhz, memory_mib FROM system_vm WHERE target_host_id IS NOT NULL) held GROUP BY host_id) v ON v.host_id = h.id
     WHERE h.ready`,
  );
  const pools = await read.query<PoolSums[]>(
    `SELECT p.name, p.reserved_bytes AS noted, COALESCE(v.bytes, 0) AS volumes, COALESCE(t.bytes, 0) AS copies
     FROM storage_pool p
       LEFT JOIN (SELECT pool_id, SUM(bytes) AS bytes FROM (SELECT pool_id, size_bytes AS bytes FROM volume WHERE pool_id IS NOT NULL
         UNION ALL SELECT pool_id, root_bytes FROM system_vm WHERE pool_id IS NOT NULL) disks GROUP BY pool_id) v ON v.pool_id = p.id
       LEFT JOIN (SELECT c.store_id, SUM(t.virtual_size_bytes) AS bytes FROM template_copy c JOIN template t ON t.id = c.template_id
         WHERE c.store_kind = 'primary' GROUP BY c.store_id) t ON t.store_id = p.id`,
  );
  return [
    ...hosts.flatMap(({ name, notedMhz, notedMib, mhz, mib }) => [
      { subject: `host ${name}`, what: 'CPU MHz', noted: notedMhz, computed: Number(mhz) },
      { subject: `host ${name}`, what: 'MiB of memory', noted: notedMib, computed: Number(mib) },
    ]),
    ...pools.map(({ name, noted, volumes, copies }) => ({
      subject: `primary storage ${name}`,
      what: 'bytes',
      noted: Number(noted),
      computed: Number(volumes) + Number(copies),
    })),
  ];
}

/** Rows that outlived what they speak of. */
export async function readCapacityLeftovers(read: EntityManager): Promise<Difference[]> {
  const rows = await read.query<{ subject: string; owner: string }[]>(
    `SELECT CONCAT('capacity of host ', c.host_id) AS subject, 'host' AS owner FROM host_capacity c LEFT JOIN host h ON h.id = c.host_id WHERE h.id IS NULL
     UNION ALL SELECT CONCAT('volume ', v.name, ' (', v.uuid, ')'), 'virtual machine' FROM volume v LEFT JOIN virtual_machine vm ON vm.id = v.vm_id WHERE v.vm_id IS NOT NULL AND vm.id IS NULL
     UNION ALL SELECT CONCAT(x.what, ' of machine ', x.vm_id), 'virtual machine' FROM (SELECT vm_id, 'user data' AS what FROM vm_user_data
         UNION ALL SELECT vm_id, 'password' FROM vm_password UNION ALL SELECT vm_id, 'SSH key' FROM vm_ssh_key
         UNION ALL SELECT vm_id, 'security group' FROM vm_security_group) x LEFT JOIN virtual_machine vm ON vm.id = x.vm_id WHERE vm.id IS NULL
     UNION ALL SELECT CONCAT('card ', n.mac), 'system machine' FROM system_nic n LEFT JOIN system_vm s ON s.id = n.system_vm_id WHERE s.id IS NULL
     UNION ALL SELECT CONCAT('copy ', c.path), 'storage' FROM template_copy c LEFT JOIN storage_pool p ON c.store_kind = 'primary' AND p.id = c.store_id
       LEFT JOIN image_store s ON c.store_kind = 'image' AND s.id = c.store_id WHERE p.id IS NULL AND s.id IS NULL`,
  );
  return rows.map(({ subject, owner }) => ({
    check: 'I7.leftovers',
    subject,
    expected: `a ${owner} that it belongs to`,
    found: `the ${owner} is gone`,
  }));
}
