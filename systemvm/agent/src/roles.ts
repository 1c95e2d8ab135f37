// The kinds of system machines that this agent serves.
import type { SystemVmKind } from '@strata/domain';
import { consoleRole } from './console/console-role.ts';
import type { AgentRole } from './role.ts';
import { routerRole } from './router/router-role.ts';
import { storageRole } from './storage/storage-role.ts';

const roles: readonly AgentRole[] = [consoleRole, routerRole, storageRole];

/** Undefined where the template has no part for the kind: the machine then answers `health` with that trouble. */
export function roleOf(kind: SystemVmKind): AgentRole | undefined {
  return roles.find((role) => role.kind === kind);
}
