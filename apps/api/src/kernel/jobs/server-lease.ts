// This server's lease: one statement a beat renews it by the database's clock and tells what other servers left to do.
import type { DataSource, QueryRunner } from 'typeorm';
import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';

export interface LeaseOptions {
  /** The same over all starts of one installation; a new process under it takes over from the former one. */
  readonly uuid: string;
  readonly name: string;
  readonly leaseMs?: number;
  readonly beatMs?: number;
}

/** What one beat read. */
export interface Beat {
  readonly settingsVersion: number;
  /** Jobs claimed by servers whose lease is over. */
  readonly orphans: boolean;
  /** Queued jobs whose subject nobody holds. */
  readonly queued: boolean;
}

interface BeatRow {
  readonly incarnation: number;
  readonly settingsVersion: number | null;
  readonly orphans: number;
  readonly queued: number;
}

const beatSql = `
  INSERT INTO management_server (id, uuid, name, incarnation, started, lease_until) VALUES (?, ?, ?, ?, NOW(3), NOW(3))
  ON DUPLICATE KEY UPDATE lease_until = IF(incarnation = VALUES(incarnation), NOW(3) + INTERVAL ? MICROSECOND, lease_until)
  RETURNING incarnation,
    (SELECT version FROM setting_version WHERE id = 1) AS settingsVersion,
    EXISTS (SELECT 1 FROM management_server other JOIN job ON job.server_id = other.id WHERE other.lease_until < NOW(3)) AS orphans,
    EXISTS (SELECT 1 FROM job waiting WHERE waiting.waiting_subject IS NOT NULL
      AND NOT EXISTS (SELECT 1 FROM job holder WHERE holder.held_subject = waiting.waiting_subject)) AS queued`;

/** A lease that can't be renewed is told of at once, then as often as this. */
const warnEveryMs = 30_000;

export class ServerLease {
  private serverId = 0;
  private incarnation = 0;
  /** Monotonic moment until which this server may act. */
  private aliveUntilMs = 0;
  private lapses = 0;
  private superseded = false;
  private stopped = false;
  /** While the lease can't be renewed: since when, and when the log was told last. */
  private trouble: { readonly sinceMs: number; toldMs: number } | undefined;
  private timer: NodeJS.Timeout | undefined;
  private beating: Promise<void> = Promise.resolve();
  private runner: QueryRunner | undefined;
  private readonly listeners: ((beat: Beat) => void)[] = [];
  private readonly leaseMs: number;
  private readonly beatMs: number;

  constructor(
    private readonly dataSource: DataSource,
    private readonly options: LeaseOptions,
    private readonly clock: Clock,
    private readonly log: Log,
  ) {
    this.leaseMs = options.leaseMs ?? 8_000;
    this.beatMs = options.beatMs ?? 3_200;
  }

  get id(): number {
    return this.serverId;
  }

  get uuid(): string {
    return this.options.uuid;
  }

  /** Grows each time the lease was lost: what was claimed under an earlier epoch may be in other hands. */
  get epoch(): number {
    return this.lapses;
  }

  /** Whether this server may act: false well before another one may take its jobs. */
  isHeld(): boolean {
    return !this.superseded && !this.stopped && this.clock.monotonicMs() < this.aliveUntilMs;
  }

  onBeat(listener: (beat: Beat) => void): void {
    this.listeners.push(listener);
  }

  /** Registers this start of the server and begins to beat. */
  async start(): Promise<void> {
    const sentMs = this.clock.monotonicMs();
    const rows = await this.dataSource.query<{ id: number; incarnation: number }[]>(
      `INSERT INTO management_server (uuid, name, incarnation, started, lease_until) VALUES (?, ?, 1, NOW(3), NOW(3) + INTERVAL ? MICROSECOND)
       ON DUPLICATE KEY UPDATE name = VALUES(name), incarnation = incarnation + 1, started = VALUES(started), lease_until = VALUES(lease_until)
       RETURNING id, incarnation`,
      [this.options.uuid, this.options.name, this.leaseMs * 1_000],
    );
    this.serverId = rows[0]!.id;
    this.incarnation = rows[0]!.incarnation;
    this.extend(sentMs);
    this.schedule(this.beatMs);
  }

  /** Gives the lease back, so that others need not wait for its end. */
  async stop(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await this.beating;
    const runner = this.runner ?? this.dataSource.createQueryRunner();
    try {
      await runner.query('UPDATE management_server SET lease_until = NOW(3) - INTERVAL 1 SECOND WHERE id = ? AND incarnation = ?', [
        this.serverId,
        this.incarnation,
      ]);
    } catch (error) {
      this.log.warn({ err: error }, 'the lease of this server could not be given back: it ends by itself');
    } finally {
      await runner.release();
    }
  }

  /** Beats now; the periodic beat goes on as before. */
  async beat(): Promise<void> {
    const sentMs = this.clock.monotonicMs();
    this.runner ??= this.dataSource.createQueryRunner();
    const { uuid, name } = this.options;
    const answer = this.runner.query(beatSql, [this.serverId, uuid, name, this.incarnation, this.leaseMs * 1_000]) as Promise<BeatRow[]>;
    const rows = await answeredWithin(answer, this.leaseMs);
    const row = rows[0]!;
    if (row.incarnation !== this.incarnation) {
      this.superseded = true;
      this.log.error({ server: uuid }, 'another process was started under the identity of this server: this one stops acting; end it');
      return;
    }
    if (sentMs > this.aliveUntilMs) {
      this.lapses += 1;
      this.log.warn({ server: uuid }, 'the lease of this server had ended before it could be renewed: its jobs are claimed anew');
    }
    this.extend(sentMs);
    const beat: Beat = { settingsVersion: row.settingsVersion ?? 0, orphans: Boolean(row.orphans), queued: Boolean(row.queued) };
    for (const listener of this.listeners) listener(beat);
  }

  /** A quarter of the lease is kept as distance to its end in the database. */
  private extend(sentMs: number): void {
    this.aliveUntilMs = sentMs + this.leaseMs * 0.75;
  }

  private schedule(delayMs: number): void {
    if (this.stopped || this.superseded) return;
    this.timer = setTimeout(() => {
      this.beating = this.beat().then(
        () => {
          this.tellOfRecovery();
          this.schedule(this.beatMs);
        },
        async (error: unknown) => {
          this.tellOfTrouble(error);
          await this.dropRunner();
          this.schedule(Math.min(500, this.beatMs));
        },
      );
    }, delayMs);
  }

  private tellOfTrouble(error: unknown): void {
    const nowMs = this.clock.monotonicMs();
    if (this.trouble && nowMs < this.trouble.toldMs + warnEveryMs) return;
    this.trouble = { sinceMs: this.trouble?.sinceMs ?? nowMs, toldMs: nowMs };
    const reason = error instanceof Error ? error.message : String(error);
    this.log.warn(
      { server: this.uuid, reason, forS: Math.round((nowMs - this.trouble.sinceMs) / 1_000) },
      'the lease of this server can not be renewed: without it no job goes on; it is tried again and again',
    );
  }

  private tellOfRecovery(): void {
    if (!this.trouble) return;
    const afterS = Math.round((this.clock.monotonicMs() - this.trouble.sinceMs) / 1_000);
    this.trouble = undefined;
    this.log.info({ server: this.uuid, afterS }, 'the lease of this server is renewed again');
  }

  /** The connection that failed, or never answered, goes for good; the next beat takes another. */
  private async dropRunner(): Promise<void> {
    const runner = this.runner;
    this.runner = undefined;
    try {
      const connection = (await runner?.connect()) as { destroy?(): void } | undefined;
      connection?.destroy?.();
      await runner?.release();
    } catch (error) {
      this.log.debug({ err: error }, 'a broken connection could not be closed properly');
    }
  }
}

/** Over a cut network a statement may never be answered. @throws Error when the time is over */
async function answeredWithin<T>(answer: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`the database did not answer within ${ms} ms`)), ms);
  });
  try {
    return await Promise.race([answer, timeout]);
  } finally {
    clearTimeout(timer);
  }
}
