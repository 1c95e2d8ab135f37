// Resets a password: the router gets it when the machine starts; the job has only to answer it.
import type { VmId } from '@strata/domain';
import { saga } from '../../kernel/jobs/saga.ts';
import { answerPassword } from './machine-passwords.ts';

export const resetPassword = saga<{ readonly vmId: VmId }>('resetPasswordForVirtualMachine').rows('answer', answerPassword);
