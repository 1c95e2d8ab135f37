// Collects the audit events of one transaction and writes them in one insert, last before the commit.
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock.ts';
import type { EventDraft, EventWriter } from './event-writer.ts';

/** Who caused the events, and under which log id. */
export interface Actor {
  readonly accountId: number;
  readonly domainId: number;
  readonly userId: number;
  readonly requestId: string;
}

const columns =
  'uuid, type, level, state, description, account_id, domain_id, user_id, start_id, subject_type, subject_uuid, request_id, created';
const ownRow = '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)';
/** The domain of an owner that is not the actor is looked up by the same statement. */
const foreignRow = '(?, ?, ?, ?, ?, ?, COALESCE((SELECT domain_id FROM account WHERE id = ?), ?), ?, ?, ?, ?, ?, ?)';

export class CollectedEvents implements EventWriter {
  private readonly drafts: { readonly draft: EventDraft; readonly created: Date }[] = [];

  constructor(
    private readonly actor: Actor,
    private readonly clock: Clock,
  ) {}

  add(draft: EventDraft): void {
    this.drafts.push({ draft, created: this.clock.now() });
  }

  /** Writes what was added since the last time; no statement when that is nothing. */
  async flush(tx: EntityManager): Promise<void> {
    const drafts = this.drafts.splice(0);
    if (drafts.length === 0) return;
    const rows: string[] = [];
    const values: unknown[] = [];
    for (const { draft, created } of drafts) {
      const accountId = draft.accountId ?? this.actor.accountId;
      const isForeign = accountId !== this.actor.accountId;
      rows.push(isForeign ? foreignRow : ownRow);
      // The Scheduled event of a job carries the start id as its own uuid.
      const uuid = draft.state === 'Scheduled' && draft.startId !== undefined ? draft.startId : randomUUID();
      values.push(uuid, draft.type, draft.level ?? 'INFO', draft.state ?? 'Completed', draft.description.slice(0, 1_024), accountId);
      if (isForeign) values.push(accountId);
      values.push(this.actor.domainId, this.actor.userId, draft.startId ?? null, draft.subject?.type ?? null, draft.subject?.uuid ?? null);
      values.push(this.actor.requestId.slice(0, 64), created);
    }
    await tx.query(`INSERT INTO event (${columns}) VALUES ${rows.join(', ')}`, values);
  }
}
