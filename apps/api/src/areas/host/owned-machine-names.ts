// Which machines on a host are ours, by the names they have there.
import { instanceNameOf, type SystemVmKind, systemVmName } from '@strata/domain';
import type { EntityManager } from 'typeorm';

interface Row {
  readonly id: number;
  /** Of a guest's machine. */
  readonly accountId: number | null;
  /** Of a system machine. */
  readonly kind: SystemVmKind | null;
}

/** Those of guests and our own, also while they move there. */
export async function ownedMachineNames(read: EntityManager, hostId: number): Promise<ReadonlySet<string>> {
  const rows = await read.query<Row[]>(
    `SELECT id, account_id AS accountId, NULL AS kind FROM virtual_machine WHERE host_id = ? OR target_host_id = ?
     UNION ALL SELECT id, NULL, kind FROM system_vm WHERE host_id = ? OR target_host_id = ?`,
    [hostId, hostId, hostId, hostId],
  );
  return new Set(rows.map(({ id, accountId, kind }) => (kind === null ? instanceNameOf(accountId!, id) : systemVmName(kind, id))));
}
