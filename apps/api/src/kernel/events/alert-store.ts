// Raises and clears alerts: one open row per cause.
import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import type { Clock } from '../clock.ts';
import type { AlertDraft, AlertWriter } from './event-writer.ts';

export class AlertStore implements AlertWriter {
  constructor(
    private readonly manager: EntityManager,
    private readonly clock: Clock,
  ) {}

  async raise(alert: AlertDraft): Promise<void> {
    const now = this.clock.now();
    const cause = alert.cause.slice(0, 255);
    await this.manager.query(
      `INSERT INTO alert (uuid, type, subject, content, zone_id, pod_id, cause, open_cause, created, sent) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
       ON DUPLICATE KEY UPDATE sent = VALUES(sent), times = times + 1, subject = VALUES(subject), content = VALUES(content)`,
      [
        randomUUID(),
        alert.type,
        alert.subject.slice(0, 255),
        alert.content.slice(0, 4_096),
        alert.zoneId ?? null,
        alert.podId ?? null,
        cause,
        cause,
        now,
        now,
      ],
    );
  }

  async clear(cause: string): Promise<void> {
    await this.manager.query('UPDATE alert SET open_cause = NULL, cleared = ? WHERE open_cause = ?', [
      this.clock.now(),
      cause.slice(0, 255),
    ]);
  }
}
