// listCapacity
import { param } from '../../kernel/command/param.ts';
import { computedList } from '../../kernel/command/computed-list.ts';
import { Cluster } from '../zone/cluster.entity.ts';
import { Pod } from '../zone/pod.entity.ts';
import { Zone } from '../zone/zone.entity.ts';
import { capacitiesOf } from './capacity.queries.ts';
import { capacityView, percentUsed } from './capacity.view.ts';

export const listCapacity = computedList({
  name: 'listCapacity',
  about: 'Lists what zones, pods or clusters have and how much of it is taken.',
  roles: ['Admin', 'ResourceAdmin'],
  since: '1.0',
  params: {
    zoneid: param.ref(Zone, { access: 'see', about: 'only this zone' }),
    podid: param.ref(Pod, { access: 'see', about: 'figures of this pod' }),
    clusterid: param.ref(Cluster, { access: 'see', about: 'figures of this cluster' }),
    type: param.integer({ about: 'only this type' }),
    fetchlatest: param.boolean({ about: 'for older clients: figures are always current' }),
    sortby: param.enum(['usage'], {
      about: 'usage: the parts of the place named (zones, pods of a zone, clusters of a pod), fullest first',
    }),
  },
  returns: capacityView,
  async rows({ zoneid, podid, clusterid, type, sortby }, { tx, settings }) {
    const inParts = sortby === 'usage';
    const level = clusterid || (podid && inParts) ? 'cluster' : podid || (zoneid && inParts) ? 'pod' : 'zone';
    const rows = await capacitiesOf(tx, settings, {
      level,
      type,
      zoneIds: zoneid && [zoneid.id],
      podIds: podid && [podid.id],
      clusterIds: clusterid && [clusterid.id],
    });
    return inParts ? rows.sort((one, other) => percentUsed(other) - percentUsed(one)) : rows;
  },
});
