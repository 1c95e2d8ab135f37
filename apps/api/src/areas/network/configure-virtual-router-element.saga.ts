// Switches a virtual router element on or off.
import { type RowsStep, saga } from '../../kernel/jobs/saga.ts';
import { VirtualRouterElement } from './virtual-router-element.entity.ts';

type Input = { readonly elementId: number; readonly enabled: boolean };

async function configure({ tx, input }: RowsStep<Input, unknown>): Promise<void> {
  await tx.update(VirtualRouterElement, input.elementId, { enabled: input.enabled });
}

export const switchElement = saga<Input>('configureVirtualRouterElement').rows('configure', configure);
