// Listens to the console proxies that run, and forgets links and consoles that nobody can use any more.
import { reconciler, type ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';
import type { SystemVm } from '../system-vm/system-vm.entity.ts';
import type { ConsoleHub } from './console-hub.ts';
import { consoleMayLive, oldestLogin } from './live-consoles.ts';

declare module '../../kernel/jobs/saga.ts' {
  interface HostServices {
    readonly consoles: ConsoleHub;
  }
}

/** The server that carries a console ends it within moments; a row older than that was left by one that died. */
const settledMs = 30_000;

export const consoleReconciler = reconciler({
  name: 'consoles',
  about: 'Listens to the console proxies, and forgets links to consoles that can not be used any more.',
  everyMs: 5_000,
  async run(ctx) {
    await ctx.consoles.attend(
      await ctx.read.query<Pick<SystemVm, 'id' | 'uuid' | 'hostId' | 'hostKeySha256'>[]>(
        `SELECT id, uuid, host_id AS hostId, host_key_sha256 AS hostKeySha256 FROM system_vm
         WHERE kind = 'consoleproxy' AND state = 'Running' AND host_id IS NOT NULL AND host_key_sha256 IS NOT NULL`,
      ),
    );
    await forgetDeadConsoles(ctx);
  },
});

export async function forgetDeadConsoles(ctx: Pick<ReconcilerContext, 'read' | 'settings' | 'clock'>): Promise<void> {
  const now = ctx.clock.now();
  // Until then a link whose machine has stopped can say so.
  await ctx.read.query('DELETE FROM console_session WHERE opened_at IS NULL AND expires_at <= ?', [now]);
  await ctx.read.query(
    `DELETE c FROM console_session c WHERE c.opened_at < ?
     AND (NOT EXISTS (SELECT 1 FROM management_server m WHERE m.id = c.server_id AND m.lease_until > NOW(3)) OR NOT ${consoleMayLive})`,
    [new Date(now.getTime() - settledMs), oldestLogin(ctx)],
  );
}
