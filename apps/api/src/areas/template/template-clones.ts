// What depends on the file of a template or ISO: disks of machines are linked clones of it, drives of machines read it.
import type { EntityManager } from 'typeorm';

export interface TemplateUser {
  readonly name: string;
  readonly accountId: number;
}

/** Machines made from the template or ISO, those that have it in their drive, system machines, and detached root disks, in one zone or in all, by name. */
export async function usersOfTemplate(read: EntityManager, templateId: number, zoneId: number | null): Promise<TemplateUser[]> {
  return read.query<TemplateUser[]>(
    `SELECT u.name, u.accountId FROM (
       SELECT display_name AS name, account_id AS accountId, zone_id AS zoneId FROM virtual_machine WHERE template_id = ? OR iso_id = ?
       UNION ALL SELECT name, account_id, zone_id FROM volume WHERE template_id = ? AND vm_id IS NULL
       UNION ALL SELECT CONCAT('system machine ', id), 0, zone_id FROM system_vm WHERE template_id = ? AND pool_id IS NOT NULL) u
     ${zoneId === null ? '' : 'WHERE u.zoneId = ?'} ORDER BY u.name`,
    [templateId, templateId, templateId, templateId, ...(zoneId === null ? [] : [zoneId])],
  );
}
