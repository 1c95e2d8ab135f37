// Audit event types of system machines: each kind has its own.
import { type SystemVmKind, systemVmKinds } from '@strata/domain';

const whats = ['START', 'STOP', 'REBOOT', 'DESTROY', 'MIGRATE'] as const;
const prefixes = { secondarystoragevm: 'SSVM', consoleproxy: 'PROXY', domainrouter: 'ROUTER' } as const satisfies Record<
  SystemVmKind,
  string
>;

export function systemVmEvent(kind: SystemVmKind, what: (typeof whats)[number]): string {
  return `${prefixes[kind]}.${what}`;
}

export const systemVmEventTypes: readonly string[] = systemVmKinds.flatMap((kind) => whats.map((what) => systemVmEvent(kind, what)));
