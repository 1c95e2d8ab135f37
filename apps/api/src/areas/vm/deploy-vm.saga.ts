// Deploys a machine: what the request has allocated becomes disks and a running machine, or nothing at all.
import type { VmId } from '@strata/domain';
import { saga } from '../../kernel/jobs/saga.ts';
import { giveUpCopy, markCopiesReady } from '../template/template-copies.ts';
import { answerPassword } from '../router/machine-passwords.ts';
import { forgetMachine } from './forget-machine.ts';
import type { MachinePlan } from './machine-plan.ts';
import { createDisks, removeNewDisks, startMachine, takeBackMachine } from './machine-steps.ts';
import { enterRunning } from './vm-rows.ts';

type RegisterInput = {
  readonly vmId: VmId;
  /** Its template takes passwords: the job answers the first one. */
  readonly givesPassword?: boolean;
};
type DeployInput = RegisterInput & { readonly plan: MachinePlan };

export const deployVm = saga<DeployInput>('deployVirtualMachine')
  .rows(
    'allocated',
    // The request's own transaction inserted the rows and reserved room: there is only this to undo.
    async (step) => {
      if (step.input.givesPassword) await answerPassword(step);
    },
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
    await markCopiesReady(tx, plan);
  });

/** A machine that is not to be started has only rows, and those the request has written. */
export const registerVm = saga<RegisterInput>('registerVirtualMachine').rows('registered', async (step) => {
  if (step.input.givesPassword) await answerPassword(step);
});
