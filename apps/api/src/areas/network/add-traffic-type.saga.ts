// Ties the zone's system network to the wire that now carries its traffic.
import { problem } from '@strata/domain';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { carrySystemTraffic } from './system-networks.ts';
import type { TrafficKind } from './traffic-type.entity.ts';

type Input = { readonly trafficTypeId: number };

async function tie({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  const [carrier] = await tx.query<{ kind: TrafficKind; physicalNetworkId: number; zoneId: number }[]>(
    'SELECT t.kind, t.physical_network_id AS physicalNetworkId, p.zone_id AS zoneId FROM traffic_type t JOIN physical_network p ON p.id = t.physical_network_id WHERE t.id = ?',
    [input.trafficTypeId],
  );
  if (!carrier) throw problem('invalid', 'the traffic type was deleted meanwhile: list the traffic types again');
  await carrySystemTraffic(tx, carrier.zoneId, carrier.kind, carrier.physicalNetworkId);
}

export const carryTraffic = saga<Input>('addTrafficType').rows('carry', tie);
