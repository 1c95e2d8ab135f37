// Links to consoles and open consoles as the rows have them.
import type { ConsoleEntry } from '@strata/domain';
import type { EntityManager } from 'typeorm';
import type { Flag } from '../../kernel/command/view.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Settings } from '../../kernel/settings/settings.ts';
import { consoleMayLive, oldestLogin } from '../console/live-consoles.ts';

/** What has ended is cleared away within seconds. A link whose machine has stopped opens nothing, and goes with the others. */
const settledMs = 15_000;

export async function readConsoles(
  read: EntityManager,
  kit: { readonly clock: Clock; readonly settings: Settings },
): Promise<ConsoleEntry[]> {
  const settled = new Date(kit.clock.now().getTime() - settledMs);
  const rows = await read.query<{ machine: string; isOpen: Flag; mayLive: Flag; isServerAlive: Flag | null }[]>(
    `SELECT CONCAT(c.machine_kind, ' ', c.machine_id) AS machine, c.opened_at IS NOT NULL AS isOpen,
       IF(c.opened_at IS NULL, c.expires_at > ?, ${consoleMayLive}) AS mayLive,
       IF(c.opened_at IS NULL, NULL, EXISTS (SELECT 1 FROM management_server m WHERE m.id = c.server_id AND m.lease_until > NOW(3))) AS isServerAlive
     FROM console_session c WHERE c.created < ?`,
    [settled, oldestLogin(kit), settled],
  );
  return rows.map(({ machine, isOpen, mayLive, isServerAlive }) => ({
    subject: `console of ${machine}`,
    isOpen: Boolean(isOpen),
    mayLive: Boolean(mayLive),
    isServerAlive: isServerAlive === null ? null : Boolean(isServerAlive),
  }));
}
