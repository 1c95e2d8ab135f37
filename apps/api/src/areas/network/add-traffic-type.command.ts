// addTrafficType
import { problem } from '@strata/domain';
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { adminRoles } from '../../kernel/command/caller.ts';
import { command } from '../../kernel/command/command.ts';
import { param } from '../../kernel/command/param.ts';
import { changesOf } from '../../kernel/db/changes.ts';
import { unlessTaken } from '../../kernel/db/unique.ts';
import { carryTraffic } from './add-traffic-type.saga.ts';
import { labelColumns, labelParams } from './network-labels.ts';
import { PhysicalNetwork } from './physical-network.entity.ts';
import { type TrafficKind, trafficKinds, TrafficType } from './traffic-type.entity.ts';
import { trafficTypeView } from './traffic-type.view.ts';

export const addTrafficType = command({
  name: 'addTrafficType',
  about: 'Lets a physical network carry one more kind of traffic.',
  roles: adminRoles,
  async: true,
  creates: true,
  event: 'TRAFFIC.TYPE.CREATE',
  since: '1.0',
  params: {
    physicalnetworkid: param.ref(PhysicalNetwork, { required: true, access: 'operate', about: 'the physical network' }),
    traffictype: param.enum(trafficKinds, { required: true, about: 'what it shall carry' }),
    ...labelParams,
  },
  returns: trafficTypeView,
  async execute({ physicalnetworkid: network, traffictype: kind, ...labels }, { tx, clock, jobs }) {
    await tx.query('SELECT id FROM zone WHERE id = ? FOR UPDATE', [network.zoneId]);
    if (kind !== 'Guest') await refuseSecondCarrier(tx, network, kind);
    const type = tx.create(TrafficType, {
      uuid: randomUUID(),
      physicalNetworkId: network.id,
      kind,
      ...changesOf<TrafficType>(labelColumns(labels)),
      created: clock.now(),
    });
    await unlessTaken(tx.insert(TrafficType, type), `physical network ${network.name} carries ${kind} traffic already`);
    return jobs.start(
      carryTraffic,
      { trafficTypeId: type.id },
      { subject: { type: 'TrafficType', id: type.id, uuid: type.uuid }, fresh: true },
    );
  },
});

/** Guest traffic may have several wires, the system's own traffic one per zone. */
async function refuseSecondCarrier(tx: EntityManager, network: PhysicalNetwork, kind: TrafficKind): Promise<void> {
  const carriers = await tx.query<{ name: string }[]>(
    'SELECT p.name FROM traffic_type t JOIN physical_network p ON p.id = t.physical_network_id WHERE p.zone_id = ? AND t.kind = ? AND p.id <> ?',
    [network.zoneId, kind, network.id],
  );
  if (carriers[0])
    throw problem(
      'invalid',
      `${kind} traffic of the zone is carried by physical network ${carriers[0].name} already: delete that traffic type first`,
    );
}
