// The alerts that a host may have open, by cause.

export const downCause = (hostUuid: string): string => `host/${hostUuid}/down`;
export const unfitCause = (hostUuid: string): string => `host/${hostUuid}/unfit`;

export const maintenanceCause = (hostUuid: string): string => `host/${hostUuid}/maintenance`;

/** All causes of a host, those of other areas too: they end with the host. */
export function alertCauses(hostUuid: string): readonly string[] {
  return [downCause(hostUuid), unfitCause(hostUuid), maintenanceCause(hostUuid), `host/${hostUuid}/orphans`];
}
