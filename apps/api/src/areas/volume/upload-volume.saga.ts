// A volume that is to be fetched has only rows, and those the request has written: how far it is, its state tells.
import { saga } from '../../kernel/jobs/saga.ts';

export const registerVolume = saga<{ volumeId: number }>('uploadVolume');
