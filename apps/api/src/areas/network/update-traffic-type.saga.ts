// Changes the labels of a traffic type.
import { changesOf } from '../../kernel/db/changes.ts';
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import type { labelColumns } from './network-labels.ts';
import { TrafficType } from './traffic-type.entity.ts';

type Input = { readonly trafficTypeId: number; readonly labels: ReturnType<typeof labelColumns> };

async function change({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  const changes = changesOf<TrafficType>(input.labels);
  if (changes) await tx.update(TrafficType, input.trafficTypeId, changes);
}

export const changeLabels = saga<Input>('updateTrafficType').rows('change', change);
