// Why a system machine that is wanted does not serve: one alert per place, raised when the words change, cleared when it is over.
import type { SystemVmKind, WantedPlace } from '@strata/domain';
import type { ReconcilerContext } from '../../kernel/reconcile/reconciler.ts';

interface Served {
  readonly kind: SystemVmKind;
  readonly zoneId: number;
  readonly podId: number;
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

type Tools = Pick<ReconcilerContext, 'read' | 'alerts' | 'drivers' | 'log'>;

/** The words of every open alert, by cause; a server that has just started reads them once. */
const openOf = new WeakMap<ReconcilerContext['drivers'], Map<string, string>>();

export class SystemVmAlerts {
  private constructor(
    private readonly ctx: Tools,
    private readonly open: Map<string, string>,
  ) {}

  static async read(ctx: Tools): Promise<SystemVmAlerts> {
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

  async raise(place: WantedPlace, why: string): Promise<void> {
    const { kind, zoneId, podId } = place;
    const cause = causeOf(place);
    const content = why.slice(0, 4_000);
    if (this.open.get(cause) === content) return;
    const [zone] = await this.ctx.read.query<{ name: string }[]>('SELECT name FROM zone WHERE id = ?', [zoneId]);
    if (!zone) return;
    const subject = `the ${nouns[kind]} of zone ${zone.name} does not serve`;
    await this.ctx.alerts.raise({ type: types[kind], cause, subject, content, zoneId, ...(podId !== undefined && { podId }) });
    this.open.set(cause, content);
    this.ctx.log.warn({ zone: zone.name, kind, reason: why }, subject);
  }

  /**
   * Ends the alerts of places that are served again, or wanted no more.
   * @param well machines whose agents have nothing to complain of
   */
  async clearOver(well: readonly Served[], wanted: readonly WantedPlace[]): Promise<void> {
    if (this.open.size === 0) return;
    const served = new Set(well.filter(({ state, agentState }) => state === 'Running' && agentState === 'Up').map(causeOf));
    const kept = new Set(wanted.map(causeOf).filter((cause) => !served.has(cause)));
    for (const cause of this.open.keys()) {
      if (kept.has(cause)) continue;
      await this.ctx.alerts.clear(cause);
      this.open.delete(cause);
    }
  }
}

/** A pod's router is its own; what serves a whole zone may be in any pod. */
function causeOf({ kind, zoneId, podId }: WantedPlace): string {
  return kind === 'domainrouter' ? `system-vm/${zoneId}/${kind}/${podId}` : `system-vm/${zoneId}/${kind}`;
}
