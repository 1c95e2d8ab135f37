// Deploys a machine: what the request has allocated becomes disks and a running machine, or nothing at all.
import { type VmId, volumeLifecycle } from '@strata/domain';
import { transitionAll } from '../../kernel/db/transition.ts';
import { saga } from '../../kernel/jobs/saga.ts';
import { giveUpCopy, markCopiesReady } from '../template/template-copies.ts';
import { Volume } from '../volume/volume.entity.ts';
import { forgetMachine } from './forget-machine.ts';
import type { MachinePlan } from './machine-plan.ts';
import { createDisks, removeNewDisks, startMachine, takeBackMachine } from './machine-steps.ts';
import { enterRunning } from './vm-rows.ts';

type DeployInput = { readonly vmId: VmId; readonly plan: MachinePlan };

export const deployVm = saga<DeployInput>('deployVirtualMachine')
  .rows(
    'allocated',
    // The request's own transaction inserted the rows and reserved room: there is only this to undo.
    async () => {},
    async ({ tx, input }) => {
      await forgetMachine(tx, input.vmId);
      await giveUpCopy(tx, input.plan);
    },
  )
  .hosts(
    'disks',
    async (step) => createDisks(step.input.plan, step),
    async (step) => removeNewDisks(step.input.plan, step),
  )
  .hosts(
    'machine',
    async (step) => startMachine(step.input.plan, step),
    async (step) => takeBackMachine(step.input.plan, step, { vmId: step.input.vmId }),
  )
  .rows('running', async ({ tx, input, clock }) => {
    const { vmId, plan } = input;
    await enterRunning(tx, vmId, clock);
    await transitionAll(tx, Volume, { vmId }, volumeLifecycle, 'created');
    await markCopiesReady(tx, plan);
  });

/** A machine that is not to be started has only rows, and those the request has written. */
export const registerVm = saga<{ vmId: VmId }>('registerVirtualMachine');
