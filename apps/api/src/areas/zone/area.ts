// Zones, pods and clusters.
import { area } from '../../kernel/area.ts';
import { administratorsOnly, resource } from '../../kernel/command/resource.ts';
import { Cluster } from './cluster.entity.ts';
import { Pod } from './pod.entity.ts';
import { openUnlessPrivate } from './private-to-domain.ts';
import { Zone } from './zone.entity.ts';

export const zoneArea = area({
  name: 'zone',
  resources: [
    resource(Zone, { noun: 'zone', type: 'Zone', may: openUnlessPrivate }),
    resource(Pod, { noun: 'pod', type: 'Pod', may: administratorsOnly }),
    resource(Cluster, { noun: 'cluster', type: 'Cluster', may: administratorsOnly }),
  ],
  entities: [Zone, Pod, Cluster],
});
