// Ties the zone's system network to the wire that now carries its traffic.
import { problem } from '@strata/domain';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { carrySystemTraffic } from './system-networks.ts';
import type { TrafficKind } from './traffic-type.entity.ts';

type Input = { readonly trafficTypeId: number };

interface Carrier {
  readonly kind: TrafficKind;
  readonly physicalNetworkId: number;
  readonly zoneId: number;
}

async function carrierOf({ tx, input }: RowsStep<Input, unknown>): Promise<Carrier | undefined> {
  const rows = await tx.query<Carrier[]>(
    'SELECT t.kind, t.physical_network_id AS physicalNetworkId, p.zone_id AS zoneId FROM traffic_type t JOIN physical_network p ON p.id = t.physical_network_id WHERE t.id = ?',
    [input.trafficTypeId],
  );
  return rows[0];
}

async function tie(step: RowsStep<Input, unknown>): Promise<void> {
  const carrier = await carrierOf(step);
  if (!carrier) throw problem('invalid', 'the traffic type was deleted meanwhile: list the traffic types again');
  await carrySystemTraffic(step.tx, carrier.zoneId, carrier.kind, carrier.physicalNetworkId);
}

async function untie(step: RowsStep<Input, unknown>): Promise<void> {
  const carrier = await carrierOf(step);
  if (!carrier) return;
  await carrySystemTraffic(step.tx, carrier.zoneId, carrier.kind, null);
  await step.tx.query('DELETE FROM traffic_type WHERE id = ?', [step.input.trafficTypeId]);
}

export const carryTraffic = saga<Input>('addTrafficType').rows('carry', tie, untie);
