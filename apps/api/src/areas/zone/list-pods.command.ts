// listPods
import { listCommand } from '../../kernel/command/list-command.ts';
import { param } from '../../kernel/command/param.ts';
import { capacitiesOf } from '../capacity/capacity.queries.ts';
import { Pod } from './pod.entity.ts';
import { podSource, podView } from './pod.view.ts';
import { allocationStateParam } from './zone-parameters.ts';
import { Zone } from './zone.entity.ts';

export const listPods = listCommand({
  name: 'listPods',
  about: 'Lists pods.',
  roles: ['Admin', 'ResourceAdmin'],
  since: '1.0',
  params: {
    id: param.ref(Pod, { access: 'see', about: 'only this pod' }),
    name: param.string({ about: 'only pods of this name' }),
    zoneid: param.ref(Zone, { access: 'see', about: 'only pods of this zone' }),
    allocationstate: allocationStateParam,
    showcapacities: param.boolean({ about: 'answer also what each pod has and how much of it is taken' }),
  },
  source: podSource,
  returns: podView,
  keyword: ['p.name'],
  where(args, where) {
    where
      .equals('p.id', args.id?.id)
      .equals('p.name', args.name)
      .equals('p.zone_id', args.zoneid?.id)
      .equals('p.allocation_state', args.allocationstate);
  },
  async finish(pods, args, { tx, settings }) {
    if (!args.showcapacities) return;
    const capacities = await capacitiesOf(tx, settings, { level: 'pod', podIds: pods.map(({ id }) => id) });
    for (const pod of pods) pod.capacity = capacities.filter(({ podUuid }) => podUuid === pod.uuid);
  },
});
