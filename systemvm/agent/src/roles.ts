// The kinds of system machines that this agent serves.
import type { SystemVmKind } from '@strata/domain';
import type { AgentRole } from './role.ts';

const roles: readonly AgentRole[] = [];

/** Undefined where the template has no part for the kind: the machine then answers `health` with that trouble. */
export function roleOf(kind: SystemVmKind): AgentRole | undefined {
  return roles.find((role) => role.kind === kind);
}
