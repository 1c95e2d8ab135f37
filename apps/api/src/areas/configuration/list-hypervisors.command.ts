// listHypervisors
import { everyRole } from '../../kernel/command/caller.ts';
import { computedList } from '../../kernel/command/computed-list.ts';
import { param } from '../../kernel/command/param.ts';
import { field, view } from '../../kernel/command/view.ts';
import { Zone } from '../zone/zone.entity.ts';

const hypervisorView = view<string>('hypervisor', { name: field.string('the hypervisor', (name) => name) });

export const listHypervisors = computedList({
  name: 'listHypervisors',
  about: 'Lists the hypervisors that new clusters can have, or those that a zone has.',
  roles: everyRole,
  since: '1.0',
  params: { zoneid: param.ref(Zone, { access: 'see', about: 'only those of clusters in this zone' }) },
  returns: hypervisorView,
  keyword: (name) => name,
  async rows({ zoneid: zone }, { tx, hypervisors }) {
    if (!zone) return hypervisors;
    const rows = await tx.query<{ hypervisor: string }[]>('SELECT DISTINCT hypervisor FROM cluster WHERE zone_id = ? ORDER BY hypervisor', [
      zone.id,
    ]);
    return rows.map(({ hypervisor }) => hypervisor);
  },
});
