// When a console may be open: the one condition for opening its link, for keeping it open and for the inventory.
import type { EntityManager } from 'typeorm';
import type { Clock } from '../../kernel/clock.ts';
import { hashOf, sessionIdleMinutes } from '../../kernel/http/session-store.ts';
import type { Settings } from '../../kernel/settings/settings.ts';

/** For `console_session c`; its one value is oldestLogin(). The machine runs as it did, and whoever asked may still be here. */
export const consoleMayLive = `(
  (c.machine_kind = 'VirtualMachine' AND EXISTS (SELECT 1 FROM virtual_machine vm
    WHERE vm.id = c.machine_id AND vm.state = 'Running' AND vm.state_changed_at = c.machine_since)
  OR c.machine_kind = 'SystemVm' AND EXISTS (SELECT 1 FROM system_vm vm
    WHERE vm.id = c.machine_id AND vm.state = 'Running' AND vm.state_changed_at = c.machine_since))
  AND EXISTS (SELECT 1 FROM system_vm p WHERE p.id = c.proxy_id AND p.state = 'Running')
  AND EXISTS (SELECT 1 FROM user u JOIN account a ON a.id = u.account_id WHERE u.id = c.user_id AND u.state = 'enabled' AND a.state = 'enabled')
  AND (c.session_hash IS NULL OR EXISTS (SELECT 1 FROM session s WHERE s.id_hash = c.session_hash AND s.last_used_at >= ?)))`;

/** Login sessions that nobody used since then are over. */
export function oldestLogin({ settings, clock }: { readonly settings: Settings; readonly clock: Clock }): Date {
  return new Date(clock.now().getTime() - settings.get(sessionIdleMinutes) * 60_000);
}

/** What the table keeps of a token. @param extra what the caller demanded beside it */
export function tokenHash(token: string, extra = ''): string {
  return hashOf(`${token} ${extra}`);
}

/** Those of the rows that may not be open any more. */
export async function endedAmong(read: EntityManager, ids: readonly number[], oldest: Date): Promise<Set<number>> {
  const rows = await read.query<{ id: number }[]>(`SELECT c.id FROM console_session c WHERE c.id IN (?) AND ${consoleMayLive}`, [
    ids,
    oldest,
  ]);
  const alive = new Set(rows.map(({ id }) => id));
  return new Set(ids.filter((id) => !alive.has(id)));
}
