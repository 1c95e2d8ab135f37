// Why a system machine that is wanted does not serve: one alert per place, raised when the words change, cleared when it is over.
import type { SystemVmKind, WantedPlace } from '@strata/domain';
import type { ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';

interface Served {
  readonly kind: SystemVmKind;
  readonly zoneId: number;
  readonly state: string;
  readonly agentState: string;
}

const nouns: Record<SystemVmKind, string> = {
  secondarystoragevm: 'secondary-storage VM',
  consoleproxy: 'console proxy',
  domainrouter: 'virtual router',
};
const types: Record<SystemVmKind, string> = {
  secondarystoragevm: 'ALERT.SERVICE.SSVM',
  consoleproxy: 'ALERT.SERVICE.CONSOLEPROXY',
  domainrouter: 'ALERT.SERVICE.DOMAINROUTER',
};

/** The words of every open alert, by cause; a server that has just started reads them once. */
const openOf = new WeakMap<ReconcilerContext['drivers'], Map<string, string>>();

export class SystemVmAlerts {
  private constructor(
    private readonly ctx: ReconcilerContext,
    private readonly open: Map<string, string>,
  ) {}

  static async read(ctx: ReconcilerContext): Promise<SystemVmAlerts> {
    let open = openOf.get(ctx.drivers);
    if (!open) {
      const rows = await ctx.read.query<{ cause: string; content: string }[]>(
        "SELECT open_cause AS cause, content FROM alert WHERE open_cause LIKE 'system-vm/%'",
      );
      open = new Map(rows.map(({ cause, content }) => [cause, content]));
      openOf.set(ctx.drivers, open);
    }
    return new SystemVmAlerts(ctx, open);
  }

  async raise({ kind, zoneId, podId }: WantedPlace, why: string): Promise<void> {
    const cause = causeOf(kind, zoneId);
    const content = why.slice(0, 4_000);
    if (this.open.get(cause) === content) return;
    const [zone] = await this.ctx.read.query<{ name: string }[]>('SELECT name FROM zone WHERE id = ?', [zoneId]);
    if (!zone) return;
    const subject = `the ${nouns[kind]} of zone ${zone.name} does not serve`;
    await this.ctx.alerts.raise({ type: types[kind], cause, subject, content, zoneId, ...(podId !== undefined && { podId }) });
    this.open.set(cause, content);
    this.ctx.log.warn({ zone: zone.name, kind, reason: why }, subject);
  }

  /** Ends the alerts of places that are served again, or wanted no more. */
  async clearOver(machines: readonly Served[], wanted: readonly WantedPlace[]): Promise<void> {
    if (this.open.size === 0) return;
    const kept = new Set(
      wanted
        .filter(
          ({ kind, zoneId }) =>
            !machines.some((vm) => vm.kind === kind && vm.zoneId === zoneId && vm.state === 'Running' && vm.agentState === 'Up'),
        )
        .map(({ kind, zoneId }) => causeOf(kind, zoneId)),
    );
    for (const cause of this.open.keys()) {
      if (kept.has(cause)) continue;
      await this.ctx.alerts.clear(cause);
      this.open.delete(cause);
    }
  }
}

function causeOf(kind: SystemVmKind, zoneId: number): string {
  return `system-vm/${zoneId}/${kind}`;
}
