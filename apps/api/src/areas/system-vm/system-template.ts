// The template that system machines of a zone are made from.
import { problem } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import { Template } from '../template/template.entity.ts';
import type { Zone } from '../zone/zone.entity.ts';

/** The newest that secondary storage of the zone holds for a hypervisor of its hosts. @throws unavailable that says what to do */
export async function systemTemplateOf(tx: EntityManager, zone: Pick<Zone, 'id' | 'name'>): Promise<Template> {
  const [row] = await tx.query<{ id: number }[]>(
    `SELECT t.id FROM template t JOIN template_copy c ON c.template_id = t.id AND c.store_kind = 'image' AND c.state = 'Ready'
     WHERE t.type = 'SYSTEM' AND c.zone_id = ? AND t.hypervisor IN (SELECT h.hypervisor FROM host h WHERE h.zone_id = ? AND h.ready)
     ORDER BY t.created DESC, t.id DESC LIMIT 1`,
    [zone.id, zone.id],
  );
  if (!row)
    throw problem(
      'unavailable',
      `no secondary storage of zone ${zone.name} holds a system VM template for its hosts: run ./strata systemvm build, then ./strata systemvm install`,
    );
  return tx.findOneByOrFail(Template, { id: row.id });
}
