// Start-up of the agent in a system machine.
import { agentSocketPath } from '@strata/domain';

process.stdout.write(`${agentSocketPath}\n`);
