// Tells a host that can't be worked on, whatever is tried, from one that said no to this work only.
import { DriverError } from '@strata/hypervisor';

/** It does not answer, was installed anew, or has no hypervisor any more. */
export function isLost(error: unknown): boolean {
  return (
    error instanceof DriverError &&
    (error.kind === 'unreachable' ||
      error.kind === 'unsupported' ||
      error.reason === 'wrongCredentials' ||
      error.reason === 'hostKeyChanged')
  );
}
