// The kinds of system machines, one role each.
import type { SystemVmKind } from '@strata/domain';
import { consoleRole } from '../console/console-role.ts';
import { storageRole } from '../image-store/storage-role.ts';
import { routerRole } from '../router/router-role.ts';
import type { SystemVmRole } from './system-vm-role.ts';

export const systemVmRoles: readonly SystemVmRole[] = [storageRole, consoleRole, routerRole];

/** @throws Error for a kind that no area gives a role, which is a defect */
export function roleOf(kind: SystemVmKind): SystemVmRole {
  const role = systemVmRoles.find((candidate) => candidate.kind === kind);
  if (!role) throw new Error(`no area gives system machines of kind ${kind} a role`);
  return role;
}
