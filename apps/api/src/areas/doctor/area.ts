// The doctor: checks of server, hosts and storage that change nothing.
import { area } from '../../kernel/area.ts';
import { examine } from './examine.saga.ts';
import { runDoctor } from './run-doctor.command.ts';

export const doctorArea = area({ name: 'doctor', commands: [runDoctor], sagas: [examine] });
