// Resets SSH keys: the request has stored them, and the router gets them when the machine starts.
import type { VmId } from '@strata/domain';
import { saga } from '../../kernel/jobs/saga.ts';

export const resetSshKeys = saga<{ readonly vmId: VmId }>('resetSSHKeyForVirtualMachine');
