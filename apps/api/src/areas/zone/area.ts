// Zones, pods and clusters.
import { area } from '../../kernel/area.ts';
import { administratorsOnly, resource } from '../../kernel/command/resource.ts';
import { addCluster } from './add-cluster.command.ts';
import { Cluster } from './cluster.entity.ts';
import { createPod } from './create-pod.command.ts';
import { createZone } from './create-zone.command.ts';
import { deleteCluster } from './delete-cluster.command.ts';
import { deletePod } from './delete-pod.command.ts';
import { deleteZone } from './delete-zone.command.ts';
import { listClusters } from './list-clusters.command.ts';
import { listPods } from './list-pods.command.ts';
import { listZones } from './list-zones.command.ts';
import { Pod } from './pod.entity.ts';
import { openUnlessPrivate } from './private-to-domain.ts';
import { updateCluster } from './update-cluster.command.ts';
import { updatePod } from './update-pod.command.ts';
import { updateZone } from './update-zone.command.ts';
import { Zone } from './zone.entity.ts';
import { In } from 'typeorm';

export const zoneArea = area({
  name: 'zone',
  commands: [
    addCluster,
    createPod,
    createZone,
    deleteCluster,
    deletePod,
    deleteZone,
    listClusters,
    listPods,
    listZones,
    updateCluster,
    updatePod,
    updateZone,
  ],
  resources: [
    resource(Zone, { noun: 'zone', type: 'Zone', may: openUnlessPrivate }),
    resource(Pod, { noun: 'pod', type: 'Pod', may: administratorsOnly }),
    resource(Cluster, { noun: 'cluster', type: 'Cluster', may: administratorsOnly }),
  ],
  entities: [Zone, Pod, Cluster],
  domainContents: [{ noun: 'private zone', count: (read, domainIds) => read.countBy(Zone, { domainId: In([...domainIds]) }) }],
});
