// Opens, finds and ends login sessions.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { DataSource, EntityManager } from 'typeorm';
import type { Clock } from '../clock.ts';
import { setting, type Settings } from '../settings/settings.ts';
import type { Identity, IdentitySource, SessionIdentity } from './identity.ts';
import { Session } from './session.entity.ts';

export const sessionIdleMinutes = setting({
  name: 'session.idle.minutes',
  about: 'minutes after which a login session that nobody used ends',
  category: 'Security',
  initial: 30,
  refuse: (value) => (Number.isInteger(value) && value >= 1 && value <= 10_080 ? undefined : 'from 1 to 10080 minutes are possible'),
});

/** `last_used_at` is written this seldom, so that reading commands stay reading. */
const touchEveryMs = 60_000;

export interface NewSession {
  readonly id: string;
  readonly key: string;
  readonly idleSeconds: number;
}

export class SessionStore {
  constructor(
    private readonly dataSource: DataSource,
    private readonly identities: IdentitySource,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  async open(userId: number): Promise<NewSession> {
    const id = randomBytes(24).toString('base64url');
    const key = randomBytes(20).toString('base64url');
    const now = this.clock.now();
    const { manager } = this.dataSource;
    // Whoever logs in sweeps: the table holds live sessions and little else.
    await manager.query('DELETE FROM session WHERE last_used_at < ? LIMIT 1000', [this.oldestUse(now)]);
    await manager.insert(Session, { idHash: hashOf(id), keyHash: hashOf(key), userId, createdAt: now, lastUsedAt: now });
    return { id, key, idleSeconds: this.idleMs() / 1_000 };
  }

  /** Who owns the session, if it is alive and `key` is its key; keeps it alive. */
  async find(id: string, key: string): Promise<Identity | undefined> {
    const session = await this.findAlive(id);
    if (!session) return undefined;
    if (!timingSafeEqual(Buffer.from(session.keyHash), Buffer.from(hashOf(key)))) return undefined;
    const now = this.clock.now();
    if (now.getTime() - session.lastUsedAt.getTime() > touchEveryMs) {
      await this.dataSource.manager.update(Session, { idHash: hashOf(id) }, { lastUsedAt: now });
    }
    return session;
  }

  /** Whose session it is, if it is alive: no proof that the sender may use it. */
  ownerOf(id: string): Promise<Identity | undefined> {
    return this.findAlive(id);
  }

  async close(id: string): Promise<void> {
    await this.dataSource.manager.delete(Session, { idHash: hashOf(id) });
  }

  private async findAlive(id: string): Promise<SessionIdentity | undefined> {
    const session = await this.identities.findBySession(hashOf(id));
    return session && session.lastUsedAt >= this.oldestUse(this.clock.now()) ? session : undefined;
  }

  private idleMs(): number {
    return this.settings.get(sessionIdleMinutes) * 60_000;
  }

  private oldestUse(now: Date): Date {
    return new Date(now.getTime() - this.idleMs());
  }
}

/** Ends the sessions of users: at once, on every server. @param keepId a session id that stays, for someone who changes the own password */
export async function endSessions(tx: EntityManager, userIds: readonly number[], keepId?: string): Promise<void> {
  if (userIds.length === 0) return;
  await tx.query('DELETE FROM session WHERE user_id IN (?) AND id_hash <> ?', [userIds, keepId === undefined ? '' : hashOf(keepId)]);
}

/** What the table knows a session by. */
export function hashOf(secret: string): string {
  return createHash('sha256').update(secret, 'utf8').digest('hex');
}
