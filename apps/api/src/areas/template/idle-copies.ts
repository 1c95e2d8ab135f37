// Which copies in primary pools are of no use: no disk is a layer over them, no drive reads them.
import type { EntityManager } from 'typeorm';

/** SQL: whether the copy `c` is needed in its pool. A machine that has no disk yet needs none. */
const isUsed = `(EXISTS (SELECT 1 FROM volume v WHERE v.template_id = c.template_id AND v.pool_id = c.store_id)
  OR EXISTS (SELECT 1 FROM virtual_machine vm JOIN volume d ON d.vm_id = vm.id WHERE vm.iso_id = c.template_id AND d.pool_id = c.store_id)
  OR EXISTS (SELECT 1 FROM system_vm s WHERE s.template_id = c.template_id AND s.pool_id = c.store_id))`;

/** Writes down since when copies are of no use; those that are used again are none of it. */
export async function noteIdleCopies(tx: EntityManager, now: Date): Promise<void> {
  const place = "c.store_kind = 'primary' AND c.state = 'Ready'";
  await tx.query(`UPDATE template_copy c SET c.unused_since = NULL WHERE ${place} AND c.unused_since IS NOT NULL AND ${isUsed}`);
  await tx.query(`UPDATE template_copy c SET c.unused_since = ? WHERE ${place} AND c.unused_since IS NULL AND NOT ${isUsed}`, [now]);
}

export async function isIdle(read: EntityManager, copyId: number): Promise<boolean> {
  const rows = await read.query<unknown[]>(`SELECT 1 FROM template_copy c WHERE c.id = ? AND NOT ${isUsed}`, [copyId]);
  return rows.length > 0;
}
