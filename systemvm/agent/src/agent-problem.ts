// A command that the agent refuses: becomes the `AgentFailure` of the reply.
import type { AgentFailure } from '@strata/domain';

/** The message says what to do; the caller sees it as it is. */
export class AgentProblem extends Error {
  readonly kind: AgentFailure['kind'];

  constructor(kind: AgentFailure['kind'], message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'AgentProblem';
    this.kind = kind;
  }
}
