// What agents answer over HTTP, as replies and driver errors.
import type { AgentFailure } from '@strata/domain';
import { DriverError, type DriverErrorKind } from '../../driver-error.ts';
import type { HttpReply } from './agent-connection.ts';

const kinds: Record<AgentFailure['kind'], DriverErrorKind> = { invalid: 'refused', missing: 'missing', busy: 'busy', failed: 'bug' };

/** @throws DriverError of what the agent refused, `bug` when its answer is not of the protocol */
export function readReply(command: string, { status, body }: HttpReply): unknown {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (cause) {
    throw new DriverError('bug', `the agent answered ${command} with status ${status} and no JSON`, { cause });
  }
  if (status === 200) return value;
  const { kind, message } = value as Partial<AgentFailure>;
  if (kind === undefined || !Object.hasOwn(kinds, kind) || typeof message !== 'string')
    throw new DriverError('bug', `the agent answered ${command} with status ${status}`);
  throw new DriverError(kinds[kind], message);
}
